import AttarRuntime

extension ModelFileWriter {
    /// The whole file with a certificate: generated texts, with the bits that the file's own program makes of them by
    /// these kernels.
    package func certifiedBytes(kernels: Kernels) throws -> [UInt8] {
        let memory = FileMemory(bytes())
        let file = try ModelFile(bytes: memory.bytes, owner: memory)
        let texts = CertificateTexts(maximumBytes: featurizer.maximumBytes).all
        var writer = ByteWriter()
        writer.u32(UInt32(texts.count))
        writer.u32(UInt32(program.instructions.count))
        writer.u32(UInt32(labels.count))
        let longest = texts.map(\.bytes).max() ?? 0
        var trace = try ProgramTrace(file, textBytes: longest, kernels: kernels)
        for text in texts {
            writer.u32(UInt32(text.bytes))
            writer.u32(UInt32(text.pattern.count))
            writer.bytes += text.pattern
            // The first hash is that of the features.
            try text.whole.withUnsafeBufferPointer { bytes throws(RuntimeError) in
                try trace.run(bytes) { _, hash in
                    writer.u64(hash)
                    return true
                }
            }
            for label in labels.indices { writer.u32(trace.probability(of: label)) }
        }
        return bytes(certificate: writer.bytes)
    }
}

/// Texts from a seed, with all that featurizers treat differently: nothing at all, letters, digits, symbols, other
/// alphabets, bytes that are no UTF-8, several lengths, and more than is read.
struct CertificateTexts {
    /// A pattern over and over, cut off at a length.
    struct Text {
        var pattern: [UInt8]
        var bytes: Int

        init(_ pattern: [UInt8], bytes: Int? = nil) {
            self.bytes = bytes ?? pattern.count
            self.pattern = Array(pattern.prefix(self.bytes))
        }

        var whole: [UInt8] { (0..<bytes).map { pattern[$0 % pattern.count] } }
    }

    let maximumBytes: Int

    /// Some seconds of work for the slowest kernels, however much text a model reads.
    private static let mostBytes = 1 << 14

    var all: [Text] {
        var random = SplitMix(state: 4)
        func sentence(_ words: Int) -> [UInt8] {
            Array((0..<words).map { _ in word(&random) }.joined(separator: [0x20]))
        }
        let symbols = Array("7 of 1,024 (12.5 %) — #42 @a_b: 3/4 = 0.75; £9! ¿no? x²\t\n".utf8)
        let malformed: [UInt8] = [
            0x61, 0xFF, 0x20, 0xC3, 0x28, 0, 0x62, 0xE2, 0x82, 0x20, 0xED, 0xA0, 0x80, 0xF0, 0x9F,
        ]
        let foreign = (0..<12).map { _ in Array(String(String.UnicodeScalarView(letters(&random))).utf8) }
        return [
            Text([]), Text(sentence(1)), Text(symbols), Text(malformed), Text(Array(foreign.joined(separator: [0x20]))),
            Text(sentence(5)), Text(sentence(17)), Text(sentence(40)),
            Text(sentence(30), bytes: min(maximumBytes, Self.mostBytes) + 7),
        ]
    }

    /// Two to four syllables, some in capitals.
    private func word(_ random: inout SplitMix) -> [UInt8] {
        let consonants = Array("bcdfghjklmnprstvwyz".utf8)
        let vowels = Array("aeiou".utf8)
        var word: [UInt8] = []
        for _ in 0..<(2 + random.below(3)) {
            word += [consonants[random.below(consonants.count)], vowels[random.below(vowels.count)]]
        }
        return random.below(4) == 0 ? word.map { $0 - 32 } : word
    }

    /// A few characters of one script, with or without a mark that one does not see.
    private func letters(_ random: inout SplitMix) -> [Unicode.Scalar] {
        let scripts: [ClosedRange<UInt32>] = [
            0xC0...0x24F, 0x300...0x36F, 0x391...0x3C9, 0x410...0x44F, 0x5D0...0x5EA, 0x621...0x64A, 0x905...0x939,
            0xE01...0xE2E, 0x3041...0x3096, 0x4E00...0x9FA5, 0xAC00...0xD7A3, 0x1F600...0x1F64F,
        ]
        let script = scripts[random.below(scripts.count)]
        let marks: [UInt32] = [0x200D, 0x200F, 0xFE0F, 0x1F3FD]
        let letters = (0..<(1 + random.below(5))).map { _ in script.lowerBound + UInt32(random.below(script.count)) }
        return (letters + [marks[random.below(marks.count)]]).compactMap(Unicode.Scalar.init)
    }
}

/// The numbers of Steele, Lea and Flood 2014.
private struct SplitMix {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: (z ^ (z >> 31)) % UInt64(limit))
    }
}

/// A file in memory as the reader wants it.
package final class FileMemory {
    package let bytes: UnsafeRawBufferPointer

    package init(_ contents: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(contents.count, 1), alignment: ModelFile.alignment)
        memory.copyBytes(from: contents)
        bytes = UnsafeRawBufferPointer(rebasing: memory[..<contents.count])
    }

    deinit { bytes.deallocate() }
}
