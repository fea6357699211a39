/// Reads little-endian numbers from a section; every read is checked against its end.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    let section: String
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, section: String) {
        self.bytes = bytes
        self.section = section
    }

    static let none = UInt32.max

    mutating func u32() throws(ModelFileError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw fault("it ends in the middle of a number") }
        defer { position += 4 }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }

    mutating func f32() throws(ModelFileError) -> Float { Float(bitPattern: try u32()) }

    /// A number of at most `limit`.
    mutating func count(_ what: String, limit: Int) throws(ModelFileError) -> Int {
        let value = Int(try u32())
        guard value <= limit else { throw fault("\(value) \(what), at most \(limit) are allowed") }
        return value
    }

    /// An index below `limit`, or nil for none.
    mutating func index(_ what: String, below limit: Int) throws(ModelFileError) -> Int? {
        let value = try u32()
        if value == Self.none { return nil }
        guard Int(value) < limit else { throw fault("\(what) \(value) of \(limit)") }
        return Int(value)
    }

    mutating func string() throws(ModelFileError) -> String {
        let size = Int(try u32())
        guard size <= bytes.count - position else { throw fault("a text of \(size) bytes goes past its end") }
        defer { position += size }
        guard let text = String(validating: bytes[position..<(position + size)], as: UTF8.self) else {
            throw fault("a text is not UTF-8")
        }
        return text
    }

    func end() throws(ModelFileError) {
        guard position == bytes.count else { throw fault("\(bytes.count - position) bytes are left over") }
    }

    func fault(_ reason: String) -> ModelFileError { .malformed(section: section, reason: reason) }
}
