import CAttarKernels

/// Whether a model computes here what it computed where it was made.
public enum Verification: Sendable, Equatable {
    /// All results of all cases have the same bits.
    case passed(cases: Int)
    /// The bytes are not those that were written: SHA-256 differs.
    case altered
    /// The file says nothing about its results.
    case noCertificate
    /// The text of a case has other features here.
    case featuresDiffer(case: Int)
    /// The first instruction whose result has other bits here.
    case instructionDiffers(case: Int, instruction: Int, Opcode)
    /// All instructions agree, and yet the bits of a probability are not those of the certificate.
    case probabilityDiffers(case: Int, label: Int, expected: UInt32, found: UInt32)
}

extension ModelFile {
    /// Compares SHA-256, then every result of the certificate, bit for bit, with those of these kernels; or of the
    /// fastest ones of this processor.
    ///
    /// Takes memory for the longest text of the certificate, and gives it back.
    ///
    /// - Throws: `ModelFileError.unusable` where the program cannot be run here.
    public func verify(kernels: Kernels? = nil) throws(ModelFileError) -> Verification {
        guard hash == Self.hash(of: contents) else { return .altered }
        guard let certificate else { return .noCertificate }
        let longest = certificate.cases.reduce(0) { max($0, $1.textBytes) }
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(longest, 1))
        defer { memory.deallocate() }
        do throws(RuntimeError) {
            let kernels = if let kernels { kernels } else { try Kernels() }
            var trace = try ProgramTrace(self, textBytes: longest, kernels: kernels)
            for (index, next) in certificate.cases.enumerated() {
                let text = next.text(in: memory)
                if let difference = try difference(of: index, next, text, &trace) { return difference }
            }
        } catch { throw .unusable(error) }
        return .passed(cases: certificate.cases.count)
    }

    /// Where a case comes out otherwise than it is certified, if anywhere.
    private func difference(
        of index: Int, _ expected: Certificate.Case, _ text: UnsafeBufferPointer<UInt8>, _ trace: inout ProgramTrace
    ) throws(RuntimeError) -> Verification? {
        var difference: Verification?
        try trace.run(text) { instruction, hash in
            if let instruction {
                if hash != expected.result(of: instruction) {
                    difference = .instructionDiffers(
                        case: index, instruction: instruction, program.instructions[instruction].opcode)
                }
            } else if hash != expected.features {
                difference = .featuresDiffer(case: index)
            }
            return difference == nil
        }
        if let difference { return difference }
        for label in labels.indices {
            let (wanted, found) = (expected.probability(of: label), trace.probability(of: label))
            guard wanted == found else {
                return .probabilityDiffers(case: index, label: label, expected: wanted, found: found)
            }
        }
        return nil
    }

    /// The SHA-256 that the header holds: 32 bytes.
    public var hash: [UInt8] { Array(contents[Self.hashRange]) }

    /// SHA-256 of a file of at least a header, with the checksum of the header and itself as zero.
    package static func hash(of file: UnsafeRawBufferPointer) -> [UInt8] {
        let zeros = [UInt8](repeating: 0, count: hashRange.upperBound - checksumRange.lowerBound)
        let rest = UnsafeRawBufferPointer(rebasing: file[hashRange.upperBound...])
        var state = attar_sha256()
        attar_sha256_start(&state)
        attar_sha256_add(&state, file.baseAddress, checksumRange.lowerBound)
        attar_sha256_add(&state, zeros, zeros.count)
        attar_sha256_add(&state, rest.baseAddress, rest.count)
        var digest = [UInt8](repeating: 0, count: 32)
        attar_sha256_finish(&state, &digest)
        return digest
    }
}
