/// Cuts text into tokens: runs of letters and digits, lower-cased, and every other visible character by itself.
struct TokenReader {
    private var reader: UTF8Reader
    /// The next character; nil at the end.
    private var scalar: UInt32?

    init(_ text: UnsafeBufferPointer<UInt8>) {
        reader = UTF8Reader(bytes: text)
        scalar = reader.next()
    }

    /// Moves on to the next token; false at the end of the text.
    @inline(__always)
    mutating func skipSpaces() -> Bool {
        while let current = scalar {
            guard current != UTF8Reader.malformed, UnicodeFolding.kind(current) == .space else { return true }
            scalar = reader.next()
        }
        return false
    }

    /// Reads a token, which must be there, and hashes it; true where it is of letters and digits.
    @inline(__always)
    mutating func read(into writer: inout TokenWriter) -> Bool {
        writer.beginToken()
        guard let current = scalar, UnicodeFolding.kind(current) == .letter else {
            if let current = scalar { writer.append(current) }
            scalar = reader.next()
            return false
        }
        while let letter = scalar, UnicodeFolding.kind(letter) == .letter {
            writer.append(UnicodeFolding.lowercased(letter))
            scalar = reader.next()
        }
        return true
    }
}

/// Collects characters in the scratch memory and hashes the token among them.
struct TokenWriter {
    private let bytes: UnsafeMutablePointer<UInt8>
    private let characters: UnsafeMutablePointer<UInt32>
    private(set) var byteCount = 0
    private(set) var characterCount = 0
    /// Of the characters since `beginToken`.
    private(set) var hash: UInt32 = Hash.tokenSeed

    init(_ scratch: borrowing NGramScratch) {
        bytes = scratch.bytes
        characters = scratch.characters
    }

    @inline(__always)
    mutating func restart() {
        byteCount = 0
        characterCount = 0
    }

    @inline(__always)
    mutating func restart(mark: UInt32) {
        restart()
        self.mark(mark)
    }

    @inline(__always)
    mutating func beginToken() { hash = Hash.tokenSeed }

    /// Adds an ASCII character that belongs to no token.
    @inline(__always)
    mutating func mark(_ scalar: UInt32) {
        let before = hash
        append(scalar)
        hash = before
    }

    @inline(__always)
    mutating func append(_ scalar: UInt32) {
        characters[characterCount] = UInt32(byteCount)
        characterCount += 1
        switch scalar {
        case 0..<0x80: byte(scalar)
        case 0x80..<0x800:
            byte(0xC0 | scalar >> 6)
            byte(0x80 | scalar & 0x3F)
        case 0x800..<0x10000:
            byte(0xE0 | scalar >> 12)
            byte(0x80 | scalar >> 6 & 0x3F)
            byte(0x80 | scalar & 0x3F)
        default:
            byte(0xF0 | scalar >> 18)
            byte(0x80 | scalar >> 12 & 0x3F)
            byte(0x80 | scalar >> 6 & 0x3F)
            byte(0x80 | scalar & 0x3F)
        }
    }

    @inline(__always)
    private mutating func byte(_ value: UInt32) {
        let byte = UInt8(truncatingIfNeeded: value)
        bytes[byteCount] = byte
        byteCount += 1
        hash = Hash.step(hash, byte)
    }
}

/// FNV-1a over bytes, spread by the finalizer of MurmurHash3.
enum Hash {
    static let tokenSeed: UInt32 = 0x811C_9DC5
    static let characterSeed: UInt32 = 0x811C_9DC5 ^ 0x5BD1_E995
    static let wordSeed: UInt32 = 0x1B87_3593

    @inline(__always)
    static func step(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 0x0100_0193 }

    @inline(__always)
    static func combine(_ hash: UInt32, _ token: UInt32) -> UInt32 {
        spread(hash &* 0x9E37_79B1 &+ token)
    }

    @inline(__always)
    static func bucket(_ hash: UInt32, of buckets: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(spread(hash)) &* UInt64(buckets)) >> 32)
    }

    @inline(__always)
    private static func spread(_ hash: UInt32) -> UInt32 {
        var h = hash
        h = (h ^ (h >> 16)) &* 0x85EB_CA6B
        h = (h ^ (h >> 13)) &* 0xC2B2_AE35
        return h ^ (h >> 16)
    }
}
