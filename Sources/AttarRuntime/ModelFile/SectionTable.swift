import CAttarKernels

/// Where the sections of a file stand, once header, table and all checksums are right.
struct SectionTable {
    private let file: UnsafeRawBufferPointer
    private var entries: [(kind: UInt32, range: Range<Int>)] = []

    static let mostSections = 32
    /// Of a section other than the parameters: the others are copied in part, and a file must not decide how much.
    static let mostBytes = 1 << 22

    /// Reads a file of at least a header.
    init(_ file: UnsafeRawBufferPointer) throws(ModelFileError) {
        self.file = file
        guard file.prefix(8).elementsEqual(ModelFile.magic) else { throw .badMagic }
        let (major, minor) = (Int(u32(8) & 0xFFFF), Int(u32(8) >> 16))
        guard major == ModelFile.majorVersion else { throw .unsupportedVersion(major: major, minor: minor) }
        let size = u64(16)
        guard size == file.count else { throw .sizeMismatch(expected: size ?? .max, found: file.count) }
        let count = Int(clamping: u32(12))
        guard (1...Self.mostSections).contains(count) else { throw .sectionCount(count) }
        let tableEnd = ModelFile.headerBytes + count * ModelFile.entryBytes
        // It is short, so rounding up cannot overflow.
        var expected = (tableEnd + 63) / 64 * 64
        guard expected <= file.count else { throw .tableBeyondEnd(sections: count) }
        guard headerChecksum(tableEnd) == u32(ModelFile.checksumRange.lowerBound) else { throw .headerDamaged }
        guard file[tableEnd..<expected].allSatisfy({ $0 == 0 }) else { throw .gapNotZero }

        for index in 0..<count {
            expected = try read(entry: ModelFile.headerBytes + index * ModelFile.entryBytes, expected: expected)
        }
        guard expected == file.count else { throw .bytesAfterSections(count: file.count - expected) }
    }

    /// Checks one section, which must stand at `expected`, and gives its end.
    private mutating func read(entry: Int, expected: Int) throws(ModelFileError) -> Int {
        let kind = u32(entry)
        guard let offset = u64(entry + 8), let size = u64(entry + 16), let padded = u64(entry + 24),
            offset == expected, padded == roundedUp(size, to: 64), padded <= file.count - offset
        else { throw .sectionMisplaced(kind: kind) }
        guard kind == ModelFile.Section.parameters.rawValue || size <= Self.mostBytes else {
            throw .sectionTooLarge(kind: kind, bytes: size)
        }
        guard checksum(0, offset..<(offset + padded)) == u32(entry + 4) else { throw .sectionDamaged(kind: kind) }
        guard file[(offset + size)..<(offset + padded)].allSatisfy({ $0 == 0 }) else {
            throw .paddingNotZero(kind: kind)
        }
        guard !entries.contains(where: { $0.kind == kind }) else { throw .sectionTwice(kind: kind) }
        entries.append((kind, offset..<(offset + size)))
        return offset + padded
    }

    func has(_ section: ModelFile.Section) -> Bool { entries.contains { $0.kind == section.rawValue } }

    func range(of section: ModelFile.Section) throws(ModelFileError) -> Range<Int> {
        guard let entry = entries.first(where: { $0.kind == section.rawValue }) else {
            throw .missingSection(section)
        }
        return entry.range
    }

    func reader(of section: ModelFile.Section) throws(ModelFileError) -> ByteReader {
        ByteReader(UnsafeRawBufferPointer(rebasing: file[try range(of: section)]), section: section)
    }

    /// Of header and table, its own place as zero.
    private func headerChecksum(_ tableEnd: Int) -> UInt32 {
        let own = ModelFile.checksumRange
        var zero: UInt32 = 0
        let before = checksum(0, 0..<own.lowerBound)
        return checksum(attar_crc32c(before, &zero, own.count), own.upperBound..<tableEnd)
    }

    private func checksum(_ crc: UInt32, _ range: Range<Int>) -> UInt32 {
        attar_crc32c(crc, file.baseAddress.map { $0 + range.lowerBound }, range.count)
    }

    private func u32(_ at: Int) -> UInt32 {
        UInt32(littleEndian: file.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }

    /// Nil where it does not fit a signed number.
    private func u64(_ at: Int) -> Int? {
        Int(exactly: UInt64(littleEndian: file.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
    }
}
