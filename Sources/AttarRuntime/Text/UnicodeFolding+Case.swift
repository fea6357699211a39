extension UnicodeFolding {
    /// The lower-case form; at most as many UTF-8 bytes as the scalar itself.
    ///
    /// As in the Unicode character database, but for two scalars: final sigma is sigma, so that a text and its capitals agree,
    /// and the dotted capital I is a plain i. Ⱥ and Ⱦ stay as they are: their small letters are longer.
    @inline(__always)
    static func lowercased(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x41...0x5A: scalar + 32
        case 0x00..<0xC0: scalar
        case 0x00..<0x180: lowercasedLatin(scalar)
        case 0x180..<0x250: lowercasedLatinExtendedB(scalar)
        case 0x370..<0x400: lowercasedGreek(scalar)
        case 0x400..<0x530: lowercasedCyrillic(scalar)
        case 0x1E9E: 0xDF
        case 0x1E00...0x1E95, 0x1EA0...0x1EFF: scalar | 1
        case 0xFF21...0xFF3A: scalar + 32
        default: scalar
        }
    }

    private static func lowercasedLatin(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0xC0...0xD6, 0xD8...0xDE: scalar + 32
        case 0x130: 0x69
        case 0x100...0x137, 0x14A...0x177: scalar | 1
        case 0x139...0x148, 0x179...0x17E: scalar + (scalar & 1)
        case 0x178: 0xFF
        default: scalar
        }
    }

    private static func lowercasedLatinExtendedB(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        // Pairs, the capital at an even or at an odd place.
        case 0x182...0x185, 0x198...0x199, 0x1A0...0x1A5, 0x1DE...0x1EF, 0x1F8...0x21F, 0x222...0x233, 0x246...0x24F:
            scalar | 1
        case 0x187...0x188, 0x18B...0x18C, 0x191...0x192, 0x1A7...0x1A8, 0x1AF...0x1B0, 0x1B3...0x1B6, 0x1CD...0x1DC,
            0x23B...0x23C, 0x241...0x242:
            scalar + (scalar & 1)
        case 0x1AC, 0x1B8, 0x1BC, 0x1F4: scalar + 1
        // Digraphs: capital, title case, small.
        case 0x1C4...0x1C6: 0x1C6
        case 0x1C7...0x1C9: 0x1C9
        case 0x1CA...0x1CC: 0x1CC
        case 0x1F1...0x1F3: 0x1F3
        // The small letter stands elsewhere, mostly among the phonetic letters.
        case 0x181: 0x253
        case 0x186: 0x254
        case 0x189, 0x18A: scalar + 205
        case 0x18E: 0x1DD
        case 0x18F: 0x259
        case 0x190: 0x25B
        case 0x193: 0x260
        case 0x194: 0x263
        case 0x196: 0x269
        case 0x197: 0x268
        case 0x19C: 0x26F
        case 0x19D: 0x272
        case 0x19F: 0x275
        case 0x1A6: 0x280
        case 0x1A9: 0x283
        case 0x1AE: 0x288
        case 0x1B1, 0x1B2: scalar + 217
        case 0x1B7: 0x292
        case 0x1F6: 0x195
        case 0x1F7: 0x1BF
        case 0x220: 0x19E
        case 0x23D: 0x19A
        case 0x243: 0x180
        case 0x244: 0x289
        case 0x245: 0x28C
        default: scalar
        }
    }

    private static func lowercasedGreek(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x391...0x3A1, 0x3A3...0x3AB: scalar + 32
        case 0x3C2: 0x3C3
        case 0x370...0x373, 0x376...0x377, 0x3D8...0x3EF: scalar | 1
        case 0x37F: 0x3F3
        case 0x386: 0x3AC
        case 0x388...0x38A: scalar + 37
        case 0x38C: 0x3CC
        case 0x38E, 0x38F: scalar + 63
        case 0x3CF: 0x3D7
        case 0x3F4: 0x3B8
        case 0x3F7, 0x3FA: scalar + 1
        case 0x3F9: 0x3F2
        case 0x3FD...0x3FF: scalar - 130
        default: scalar
        }
    }

    private static func lowercasedCyrillic(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x400...0x40F: scalar + 80
        case 0x410...0x42F: scalar + 32
        case 0x460...0x481, 0x48A...0x4BF, 0x4D0...0x52F: scalar | 1
        case 0x4C0: 0x4CF
        case 0x4C1...0x4CE: scalar + (scalar & 1)
        default: scalar
        }
    }
}
