/// What the tokenizer needs to know of a Unicode scalar, as compact rules instead of the full tables.
///
/// Covers case in Latin (with its extensions A, B and Additional), Greek and Cyrillic; other scripts have no case or keep
/// theirs. Scalars outside the listed symbol ranges count as letters, so unknown scripts form words.
enum UnicodeFolding {
    enum Kind {
        case space, letter, symbol
    }

    @inline(__always)
    static func kind(_ scalar: UInt32) -> Kind {
        switch scalar {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: .letter
        case 0x00...0x20, 0x7F, 0x80...0x9F, 0xA0, 0x1680, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x2064,
            0x2066...0x206F,
            0x3000, 0xFE00...0xFE0F, 0xFEFF:
            .space
        case 0x21...0x7E: .symbol
        case 0xAA, 0xB5, 0xBA: .letter
        case 0xA1...0xBF, 0xD7, 0xF7, 0x2010...0x2027, 0x2030...0x205E, 0x20A0...0x20CF, 0x2190...0x2BFF,
            0x2E00...0x2E7F,
            0x3001...0x3004, 0x3008...0x3020, 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF65,
            0xFFFC...0xFFFF, 0x1F000...0x1FAFF:
            .symbol
        default: .letter
        }
    }
}

/// Decodes one scalar from UTF-8. Bytes that are not UTF-8 come out one by one as U+001A, which counts as a symbol of
/// its own.
struct UTF8Reader {
    static let malformed: UInt32 = 0x1A

    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    @inline(__always)
    mutating func next() -> UInt32? {
        guard position < bytes.count else { return nil }
        let first = UInt32(bytes[position])
        position += 1
        if first < 0x80 { return first }
        let (length, low): (Int, UInt32) =
            switch first {
            case 0xC2...0xDF: (1, 0x80)
            case 0xE0...0xEF: (2, 0x800)
            case 0xF0...0xF4: (3, 0x10000)
            default: (0, 0)
            }
        guard length > 0, position + length <= bytes.count else { return Self.malformed }
        var scalar = first & (0x3F >> UInt32(length))
        for i in 0..<length {
            let byte = UInt32(bytes[position + i])
            guard byte & 0xC0 == 0x80 else { return Self.malformed }
            scalar = scalar << 6 | (byte & 0x3F)
        }
        guard scalar >= low, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return Self.malformed }
        position += length
        return scalar
    }
}
