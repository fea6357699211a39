/// Reads little-endian numbers from a section; every read is checked against its end.
///
/// What is read once a file stays out of line, here and in the verifiers: the C library is 5 kB smaller for it.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    let section: ModelFile.Section
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, section: ModelFile.Section) {
        self.bytes = bytes
        self.section = section
    }

    static let none = UInt32.max

    @inline(never)
    mutating func u32() throws(ModelFileError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw .endsInNumber(section) }
        defer { position += 4 }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }

    mutating func f32() throws(ModelFileError) -> Float { Float(bitPattern: try u32()) }

    /// The lower half first.
    mutating func u64() throws(ModelFileError) -> UInt64 {
        let low = UInt64(try u32())
        return low | UInt64(try u32()) << 32
    }

    /// A number of at most `limit`.
    @inline(never)
    mutating func count(_ quantity: ModelFileError.Quantity, limit: Int) throws(ModelFileError) -> Int {
        let value = try u32()
        guard value <= UInt32(limit) else { throw .tooMany(quantity, found: Int(clamping: value), limit: limit) }
        return Int(value)
    }

    /// An index below `count`, or nil for none.
    @inline(never)
    mutating func index(_ reference: ModelFileError.Reference, of count: Int) throws(ModelFileError) -> Int? {
        let value = try u32()
        if value == Self.none { return nil }
        guard value < UInt32(count) else { throw .noSuch(reference, index: Int(clamping: value), count: count) }
        return Int(value)
    }

    /// The next `count` bytes.
    mutating func raw(_ count: Int) throws(ModelFileError) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw .textBeyondEnd(section, bytes: count) }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// Its size, then its bytes.
    mutating func string() throws(ModelFileError) -> String {
        try text(raw(Int(clamping: try u32())))
    }

    /// All that is left, as text.
    mutating func rest() throws(ModelFileError) -> String { try text(raw(bytes.count - position)) }

    /// A bitmap: a bit a bucket, in words of 64.
    mutating func words(ofBuckets buckets: Int) throws(ModelFileError) -> [UInt64] {
        guard buckets % 64 == 0 else { throw .bucketsNotWhole(count: buckets) }
        var words: [UInt64] = []
        // No room is taken before the section was seen to hold as much.
        for _ in 0..<(buckets / 64) { words.append(try u64()) }
        return words
    }

    @inline(never)
    func end() throws(ModelFileError) {
        guard position == bytes.count else { throw .bytesLeftOver(section, count: bytes.count - position) }
    }

    @inline(never)
    private func text(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .textNotUTF8(section) }
        return text
    }
}
