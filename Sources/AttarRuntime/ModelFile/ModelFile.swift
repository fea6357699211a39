import CAttarKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A model file, mapped into memory and checked as `Format.md` says. Treats the file as hostile.
public final class ModelFile: @unchecked Sendable {
    // Immutable after init, so it may be shared.
    public let program: Program
    public let featurizer: Featurizer
    public let labels: [String]
    /// JSON about where the model comes from.
    public let metadata: String
    /// Size of the file.
    public let bytes: Int
    let parameters: [UnsafeMutableRawPointer]

    private let mapping: UnsafeMutableRawPointer

    public static let magic: [UInt8] = [0x41, 0x54, 0x54, 0x41, 0x52, 0x0D, 0x0A, 0x00]
    public static let majorVersion = 1
    public static let minorVersion = 0
    public static let headerBytes = 64
    public static let entryBytes = 32

    /// Kinds of sections.
    public enum Section: UInt32, Sendable, CaseIterable {
        case program = 1
        case parameters = 2
        case featurizer = 3
        case labels = 4
        case metadata = 5
    }

    /// Maps and checks the file at `path`.
    public init(path: String) throws(ModelFileError) {
        // Without waiting: a pipe that nobody writes to would hold the caller forever.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .cannotOpen(path: path, code: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .cannotOpen(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        let size = Int(status.st_size)
        guard size >= Self.headerBytes else { throw .tooShort(bytes: size) }
        guard let mapping = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), mapping != MAP_FAILED else {
            throw .cannotOpen(path: path, code: errno)
        }
        let contents: Contents
        do throws(ModelFileError) {
            contents = try Contents(UnsafeRawBufferPointer(start: mapping, count: size))
        } catch {
            munmap(mapping, size)
            throw error
        }
        self.mapping = mapping
        bytes = size
        program = contents.program
        featurizer = contents.featurizer
        labels = contents.labels
        metadata = contents.metadata
        parameters = contents.parameterOffsets.map { mapping + $0 }
    }

    deinit { munmap(mapping, bytes) }
}

/// What the sections say, once checked.
private struct Contents {
    let program: Program
    let featurizer: Featurizer
    let labels: [String]
    let metadata: String
    /// Offsets of the parameter buffers into the file.
    let parameterOffsets: [Int]

    init(_ file: UnsafeRawBufferPointer) throws(ModelFileError) {
        let sections = try Self.sections(of: file)
        func section(_ kind: ModelFile.Section) throws(ModelFileError) -> (range: Range<Int>, reader: ByteReader) {
            guard let range = sections[kind.rawValue] else { throw .missingSection(name: "\(kind)") }
            return (range, ByteReader(UnsafeRawBufferPointer(rebasing: file[range]), section: "\(kind)"))
        }
        program = try Program(reading: section(.program).reader)
        featurizer = try Featurizer(reading: section(.featurizer).reader)
        labels = try Self.labels(section(.labels).reader)
        let metadataRange = try section(.metadata).range
        guard let text = String(validating: file[metadataRange], as: UTF8.self) else {
            throw .malformed(section: "metadata", reason: "it is not UTF-8")
        }
        metadata = text
        try ProgramVerifier(program: program).verify()

        let parameterRange = try section(.parameters).range
        var offset = parameterRange.lowerBound
        var offsets: [Int] = []
        for buffer in program.parameters {
            guard let bytes = program.bytes(of: buffer, counts: []), let padded = roundedUp(bytes, to: 64),
                padded <= parameterRange.upperBound - offset
            else {
                throw .malformed(section: "parameters", reason: "it is too small for “\(program.buffers[buffer].name)”")
            }
            offsets.append(offset)
            offset += padded
        }
        guard offset == parameterRange.upperBound else {
            throw .malformed(section: "parameters", reason: "\(parameterRange.upperBound - offset) bytes are left over")
        }
        parameterOffsets = offsets
        try ClassifierVerifier(program: program, featurizer: featurizer, labels: labels).verify()
    }

    private static func sections(of file: UnsafeRawBufferPointer) throws(ModelFileError) -> [UInt32: Range<Int>] {
        guard file.prefix(8).elementsEqual(ModelFile.magic) else { throw .badMagic }
        func u16(_ at: Int) -> Int {
            Int(UInt16(littleEndian: file.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
        }
        func u32(_ at: Int) -> UInt32 { UInt32(littleEndian: file.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
        func u64(_ at: Int) -> Int? {
            Int(exactly: UInt64(littleEndian: file.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
        }
        guard u16(8) == ModelFile.majorVersion else { throw .unsupportedVersion(major: u16(8), minor: u16(10)) }
        guard u64(16) == file.count else { throw .sizeMismatch(expected: u64(16) ?? .max, found: file.count) }
        let count = Int(u32(12))
        guard (1...32).contains(count) else { throw .badSectionTable(reason: "\(count) sections, 1 to 32 are allowed") }
        let tableEnd = ModelFile.headerBytes + count * ModelFile.entryBytes
        guard tableEnd <= file.count else { throw .badSectionTable(reason: "it goes past the end of the file") }
        var crc = attar_crc32c(0, file.baseAddress, 24)
        crc = attar_crc32c(crc, [UInt8](repeating: 0, count: 4), 4)
        crc = attar_crc32c(crc, file.baseAddress.map { $0 + 28 }, tableEnd - 28)
        guard crc == u32(24) else { throw .headerDamaged }

        var sections: [UInt32: Range<Int>] = [:]
        // The file is longer than its table, so rounding up cannot overflow.
        var expected = (tableEnd + 63) / 64 * 64
        guard file[tableEnd..<min(expected, file.count)].allSatisfy({ $0 == 0 }) else {
            throw .badSectionTable(reason: "the bytes behind it are not zero")
        }
        for entry in stride(from: ModelFile.headerBytes, to: tableEnd, by: ModelFile.entryBytes) {
            let kind = u32(entry)
            guard let offset = u64(entry + 8), let size = u64(entry + 16), let padded = u64(entry + 24),
                offset == expected,
                padded == roundedUp(size, to: 64), padded <= file.count - offset
            else { throw .badSectionTable(reason: "section \(kind) is not where it must be") }
            guard attar_crc32c(0, file.baseAddress.map { $0 + offset }, padded) == u32(entry + 4) else {
                throw .sectionDamaged(kind: Int(kind))
            }
            guard file[(offset + size)..<(offset + padded)].allSatisfy({ $0 == 0 }) else {
                throw .badSectionTable(reason: "the padding of section \(kind) is not zero")
            }
            guard sections.updateValue(offset..<(offset + size), forKey: kind) == nil else {
                throw .badSectionTable(reason: "section \(kind) appears twice")
            }
            expected = offset + padded
        }
        guard expected == file.count else { throw .badSectionTable(reason: "the file goes on after the last section") }
        return sections
    }

    private static func labels(_ reader: ByteReader) throws(ModelFileError) -> [String] {
        var reader = reader
        let count = try reader.count("labels", limit: 1 << 20)
        var labels: [String] = []
        for _ in 0..<count { labels.append(try reader.string()) }
        try reader.end()
        return labels
    }
}

extension Featurizer {
    fileprivate init(reading reader: ByteReader) throws(ModelFileError) {
        var reader = reader
        let kind = try reader.u32()
        switch kind {
        case 1, 2: self = .nGrams(try NGramFeaturizer(reading: reader, areKnown: kind == 2))
        case 3: self = .tokens(try TokenFeaturizer(reading: reader))
        default:
            throw reader.fault("its kind is not known; 1 is hashed n-grams, 2 the known ones of them, 3 hashed tokens")
        }
    }
}

extension TokenFeaturizer {
    /// What follows the kind.
    fileprivate init(reading reader: ByteReader) throws(ModelFileError) {
        var reader = reader
        let vocabulary = try reader.count("rows of the vocabulary", limit: 1 << 30)
        let maximumTokens = try reader.count("tokens", limit: 1 << 20)
        let maximumBytes = try reader.count("bytes of text", limit: 1 << 20)
        try reader.end()
        guard vocabulary > 0, maximumTokens > 0, maximumBytes > 0 else {
            throw reader.fault("a setting is out of range")
        }
        self.init(vocabulary: vocabulary, maximumTokens: maximumTokens, maximumBytes: maximumBytes)
    }
}

extension NGramFeaturizer {
    /// What follows the kind.
    fileprivate init(reading reader: ByteReader, areKnown: Bool) throws(ModelFileError) {
        var reader = reader
        let buckets = try reader.count("buckets", limit: 1 << 30)
        let wordLength = try reader.count("tokens in a word n-gram", limit: 8)
        let shortest = try reader.count("characters in the shortest n-gram", limit: 16)
        let longest = try reader.count("characters in the longest n-gram", limit: 16)
        let crossing = try reader.count("as the crossing flag", limit: 1)
        let wordScale = try reader.f32()
        let characterScale = try reader.f32()
        let maximumBytes = try reader.count("bytes of text", limit: 1 << 20)
        var known: KnownBuckets?
        if areKnown {
            guard buckets % 64 == 0, buckets <= KnownBuckets.mostBuckets else {
                throw reader.fault("known buckets come in whole words of 64, at most \(KnownBuckets.mostBuckets)")
            }
            var words: [UInt64] = []
            words.reserveCapacity(buckets / 64)
            for _ in 0..<(buckets / 64) { words.append(UInt64(try reader.u32()) | UInt64(try reader.u32()) << 32) }
            known = KnownBuckets(words: words)
        }
        try reader.end()
        guard buckets > 0, wordLength > 0 || longest > 0, shortest <= longest, (shortest == 0) == (longest == 0),
            maximumBytes > 0,
            wordScale.isFinite,
            characterScale.isFinite
        else { throw reader.fault("a setting is out of range") }
        self.init(
            buckets: buckets, wordLength: wordLength, shortestCharacters: shortest, longestCharacters: longest,
            charactersCrossWords: crossing == 1, wordScale: wordScale, characterScale: characterScale,
            maximumBytes: maximumBytes)
        if let known { self = keeping(known) }
    }
}
