/// A model file in memory, checked as `Format.md` says. Treats the file as hostile.
public final class ModelFile: @unchecked Sendable {
    // Immutable after init, so it may be shared.
    public let program: Program
    public let featurizer: Featurizer
    public let labels: [String]
    /// Nil where the file has none: then no prediction abstains.
    public let decision: Decision?
    /// Size of the file.
    public let bytes: Int
    /// The axes and buffers of the program that a classifier deals with.
    package let interface: ClassifierInterface
    /// Memory of `program.parameters`, in that order.
    package let parameters: [UnsafeMutableRawPointer]
    package let certificate: Certificate?

    let contents: UnsafeRawBufferPointer
    private let metadataRange: Range<Int>
    /// Keeps the memory of the file.
    private let owner: AnyObject?

    public static let magic: [UInt8] = [0x41, 0x54, 0x54, 0x41, 0x52, 0x0D, 0x0A, 0x00]
    public static let majorVersion = 1
    /// Files that hold nothing newer say 0.
    public static let minorVersion = 1
    public static let headerBytes = 64
    public static let entryBytes = 32
    /// CRC-32C of header and section table, in the header.
    package static let checksumRange = 24..<28
    /// SHA-256 of the file, in the header.
    package static let hashRange = 28..<60
    /// Sections stand at multiples of this, and so must the file in memory.
    public static let alignment = 64

    /// Kinds of sections.
    public enum Section: UInt32, Sendable, CaseIterable {
        case program = 1
        case parameters = 2
        case featurizer = 3
        case labels = 4
        case metadata = 5
        case certificate = 6
        case decision = 7
    }

    /// Checks the file that stands in memory; nothing of its parameters is copied.
    ///
    /// - Parameters:
    ///   - contents: the whole file at a multiple of `alignment`. Nothing may change it, and it must stay as long as
    ///     this object and every classifier that is made from it.
    ///   - owner: kept until then, where one is given.
    public init(bytes contents: UnsafeRawBufferPointer, owner: AnyObject? = nil) throws(ModelFileError) {
        guard let start = contents.baseAddress, contents.count >= Self.headerBytes else {
            throw .tooShort(bytes: contents.count)
        }
        guard UInt(bitPattern: start) % UInt(Self.alignment) == 0 else { throw .notAligned }
        let sections = try SectionTable(contents)
        program = try Program(reading: sections.reader(of: .program))
        featurizer = try Featurizer(reading: sections.reader(of: .featurizer))
        labels = try Self.labels(sections.reader(of: .labels))
        metadataRange = try sections.range(of: .metadata)
        // Its text is made where somebody asks for it.
        var metadata = try sections.reader(of: .metadata)
        _ = try metadata.rest()
        try ProgramVerifier(program: program).verify()
        interface = try ClassifierVerifier(program: program, featurizer: featurizer, labelCount: labels.count).verify()
        // Kernels take all operands as mutable and write only those that the verifier let them.
        let memory = UnsafeMutableRawPointer(mutating: start)
        parameters = try Self.parameters(of: program, in: sections.range(of: .parameters)).map { memory + $0 }
        try Self.checkSums(of: program, parameters)
        decision =
            sections.has(.decision)
            ? try Decision(reading: sections.reader(of: .decision), labels: labels.count) : nil
        certificate =
            sections.has(.certificate)
            ? try Certificate(
                reading: sections.reader(of: .certificate), instructions: program.instructions.count,
                labels: labels.count)
            : nil
        bytes = contents.count
        self.contents = contents
        self.owner = owner
    }

    /// JSON about where the model comes from.
    public var metadata: String { String(decoding: metadataBytes, as: UTF8.self) }

    package var metadataBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: contents[metadataRange]) }

    private static func labels(_ reader: ByteReader) throws(ModelFileError) -> [String] {
        var reader = reader
        let count = try reader.count(.labels, limit: 1 << 16)
        var labels: [String] = []
        for _ in 0..<count { labels.append(try reader.string()) }
        try reader.end()
        return labels
    }

    /// Offsets of the parameters into the file.
    private static func parameters(of program: Program, in range: Range<Int>) throws(ModelFileError) -> [Int] {
        var offset = range.lowerBound
        var offsets: [Int] = []
        for buffer in program.parameters {
            guard let bytes = program.bytes(of: buffer, counts: []), let padded = roundedUp(bytes, to: alignment),
                padded <= range.upperBound - offset
            else { throw .parametersEnd(buffer: buffer) }
            offsets.append(offset)
            offset += padded
        }
        guard offset == range.upperBound else { throw .parametersLeftOver(bytes: range.upperBound - offset) }
        return offsets
    }

    /// Kernels rely on the sums that int8 panels hold of their own codes.
    private static func checkSums(
        of program: Program, _ parameters: [UnsafeMutableRawPointer]
    ) throws(ModelFileError) {
        for (buffer, memory) in zip(program.parameters, parameters) where program.buffers[buffer].type == .int8Panels {
            let (outputs, inner) = (program.buffers[buffer].rows.fixed, program.buffers[buffer].columns)
            guard Int8Panels.sumsAreRight(memory, outputs: outputs, inner: inner) else {
                throw .wrongCodeSums(buffer: buffer)
            }
        }
    }
}
