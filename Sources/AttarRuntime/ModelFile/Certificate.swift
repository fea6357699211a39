/// What the program of a file must compute, for texts that the file holds: checked in form when the file is opened, in
/// substance by `ModelFile.verify`.
package struct Certificate {
    package let cases: [Case]

    package static let mostCases = 16
    /// Of a text; longer ones repeat theirs.
    package static let mostPatternBytes = 1 << 12
    /// Some more than any featurizer reads.
    package static let mostTextBytes = 1 << 21

    /// Reads the certificate section of a program with so many instructions and labels.
    init(reading reader: ByteReader, instructions: Int, labels: Int) throws(ModelFileError) {
        var reader = reader
        let count = try reader.count(.cases, limit: Self.mostCases)
        guard count > 0 else { throw .noCases }
        let (foundInstructions, foundLabels) = (Int(clamping: try reader.u32()), Int(clamping: try reader.u32()))
        guard foundInstructions == instructions else {
            throw .certifiedInstructions(expected: instructions, found: foundInstructions)
        }
        guard foundLabels == labels else { throw .certifiedLabels(expected: labels, found: foundLabels) }
        var cases: [Case] = []
        for index in 0..<count {
            cases.append(try Case(reading: &reader, index: index, instructions: instructions, labels: labels))
        }
        try reader.end()
        self.cases = cases
    }

    /// One text with what it leads to. Reads the file's memory.
    package struct Case {
        /// The text is this over and over, cut off at `textBytes`.
        package let pattern: UnsafeRawBufferPointer
        package let textBytes: Int
        /// Hash of ids and weights.
        package let features: UInt64
        /// A hash an instruction.
        private let results: UnsafeRawBufferPointer
        /// A float a label.
        private let probabilities: UnsafeRawBufferPointer

        fileprivate init(
            reading reader: inout ByteReader, index: Int, instructions: Int, labels: Int
        ) throws(ModelFileError) {
            textBytes = try reader.count(.textBytes, limit: Certificate.mostTextBytes)
            pattern = try reader.raw(reader.count(.patternBytes, limit: Certificate.mostPatternBytes))
            guard pattern.count <= textBytes, pattern.count > 0 || textBytes == 0 else {
                throw .certifiedText(case: index)
            }
            features = try reader.u64()
            results = try reader.raw(8 * instructions)
            probabilities = try reader.raw(4 * labels)
        }

        /// Hash of what an instruction makes.
        package func result(of instruction: Int) -> UInt64 {
            UInt64(littleEndian: results.loadUnaligned(fromByteOffset: 8 * instruction, as: UInt64.self))
        }

        /// The bits of the probability of a label.
        package func probability(of label: Int) -> UInt32 {
            UInt32(littleEndian: probabilities.loadUnaligned(fromByteOffset: 4 * label, as: UInt32.self))
        }

        /// Writes the text into memory for `textBytes`, and gives it.
        package func text(in memory: UnsafeMutablePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
            for byte in 0..<textBytes { memory[byte] = pattern[byte % pattern.count] }
            return UnsafeBufferPointer(start: memory, count: textBytes)
        }
    }
}
