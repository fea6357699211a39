import AttarRuntime
import CAttarKernels

/// Lays out a model file as `Format.md` says.
package struct ModelFileWriter {
    package var program: Program
    /// Bytes of `program.parameters`, in that order.
    package var parameters: [UnsafeRawBufferPointer]
    package var featurizer: Featurizer
    package var labels: [String]
    /// JSON with sorted keys, so that equal models are equal files.
    package var metadata: String
    package var decision: Decision?

    package init(
        program: Program, parameters: [UnsafeRawBufferPointer], featurizer: Featurizer, labels: [String],
        metadata: String, decision: Decision? = nil
    ) {
        self.program = program
        self.parameters = parameters
        self.featurizer = featurizer
        self.labels = labels
        self.metadata = metadata
        self.decision = decision
    }

    /// The whole file, without a certificate. The parameters' memory is only read here.
    package func bytes() -> [UInt8] { bytes(certificate: nil) }

    /// The whole file, with the bytes of a certificate section where they are given.
    func bytes(certificate: [UInt8]?) -> [UInt8] {
        var sections: [(ModelFile.Section, [UInt8])] = [
            (.program, program.encoded), (.featurizer, featurizer.encoded), (.labels, encodedLabels),
            (.metadata, Array(metadata.utf8)),
        ]
        if let decision { sections.append((.decision, decision.encoded)) }
        if let certificate { sections.append((.certificate, certificate)) }
        sections.append((.parameters, encodedParameters))

        let tableEnd = ModelFile.headerBytes + sections.count * ModelFile.entryBytes
        var offset = (tableEnd + 63) / 64 * 64
        var table = ByteWriter()
        var body: [UInt8] = [UInt8](repeating: 0, count: offset - tableEnd)
        for (kind, bytes) in sections {
            let padded = bytes + [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64)
            table.u32(kind.rawValue)
            table.u32(attar_crc32c(0, padded, padded.count))
            table.u64(offset)
            table.u64(bytes.count)
            table.u64(padded.count)
            body += padded
            offset += padded.count
        }
        var header = ByteWriter()
        header.bytes += ModelFile.magic
        header.u32(
            UInt32(ModelFile.majorVersion) | (decision?.cascade == nil ? 0 : UInt32(ModelFile.minorVersion)) << 16)
        header.u32(UInt32(sections.count))
        header.u64(offset)
        header.bytes += [UInt8](repeating: 0, count: ModelFile.headerBytes - header.bytes.count)
        var file = header.bytes + table.bytes + body
        // The hash first: the checksum of the header covers it.
        file.replaceSubrange(ModelFile.hashRange, with: file.withUnsafeBytes(ModelFile.hash(of:)))
        var checksum = ByteWriter()
        checksum.u32(attar_crc32c(0, file, tableEnd))
        file.replaceSubrange(ModelFile.checksumRange, with: checksum.bytes)
        return file
    }

    private var encodedLabels: [UInt8] {
        var writer = ByteWriter()
        writer.u32(UInt32(labels.count))
        for label in labels { writer.string(label) }
        return writer.bytes
    }

    private var encodedParameters: [UInt8] {
        parameters.reduce(into: []) { all, parameter in
            all += parameter
            all += [UInt8](repeating: 0, count: (64 - parameter.count % 64) % 64)
        }
    }
}

/// Little-endian numbers and texts.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func u32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func u64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func u64(_ value: Int) { u64(UInt64(value)) }
    mutating func f32(_ value: Float) { u32(value.bitPattern) }
    mutating func index(_ value: Int?) { u32(value.map { UInt32($0) } ?? .max) }

    mutating func string(_ text: String) {
        u32(UInt32(text.utf8.count))
        bytes += text.utf8
    }
}

extension Program {
    fileprivate var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(UInt32(axes.count))
        for axis in axes {
            writer.string(axis.name)
            writer.index(axis.parent)
        }
        writer.u32(UInt32(buffers.count))
        for buffer in buffers {
            writer.string(buffer.name)
            writer.u32(UInt32(buffer.region.rawValue))
            writer.u32(UInt32(buffer.type.rawValue))
            writer.index(buffer.rows.axis)
            writer.u32(UInt32(buffer.rows.fixed))
            writer.u32(UInt32(buffer.columns))
        }
        writer.u32(UInt32(instructions.count))
        for instruction in instructions {
            writer.u32(UInt32(instruction.opcode.rawValue))
            writer.u32(instruction.salt)
            writer.f32(instruction.scalar)
            writer.u32(UInt32(instruction.outputs))
            writer.u32(UInt32(instruction.operands.count))
            for operand in instruction.operands { writer.index(operand) }
        }
        writer.u32(UInt32(outputs.count))
        for output in outputs { writer.index(output) }
        return writer.bytes
    }
}

extension Decision {
    fileprivate var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(cascade == nil ? 0 : Self.cascadeFlag)
        writer.f32(abstentionThreshold)
        cascade?.encode(into: &writer)
        return writer.bytes
    }
}

extension Cascade {
    fileprivate func encode(into writer: inout ByteWriter) {
        writer.u32(score.rawValue)
        writer.u32(standard.rawValue)
        writer.f32(target)
        writer.f32(confidence)
        writer.u32(UInt32(rows))
        writer.f32(coverage)
        writer.u32(UInt32(thresholds.count))
        for threshold in thresholds { writer.f32(threshold) }
        writer.f32(leastFamiliarity)
        writer.u32(UInt32(familiar?.buckets ?? 0))
        for word in familiar?.words ?? [] { writer.u64(word) }
    }
}

extension Featurizer {
    fileprivate var encoded: [UInt8] {
        switch self {
        case .nGrams(let featurizer): featurizer.encoded
        case .tokens(let featurizer): featurizer.encoded
        }
    }
}

extension TokenFeaturizer {
    fileprivate var encoded: [UInt8] {
        var writer = ByteWriter()
        for number in [3, vocabulary, maximumTokens, maximumBytes] { writer.u32(UInt32(number)) }
        return writer.bytes
    }
}

extension NGramFeaturizer {
    fileprivate var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(known == nil ? 1 : 2)
        for number in [buckets, wordLength, shortestCharacters, longestCharacters] { writer.u32(UInt32(number)) }
        writer.u32(charactersCrossWords ? 1 : 0)
        writer.f32(wordScale)
        writer.f32(characterScale)
        writer.u32(UInt32(maximumBytes))
        for word in known?.words ?? [] { writer.u64(word) }
        return writer.bytes
    }
}
