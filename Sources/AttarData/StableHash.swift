/// A 64-bit hash that is the same on every machine and in every run, unlike `Hasher`. Not cryptographic.
package struct StableHash {
    private var state: UInt64
    private var count: UInt64 = 0

    package init(seed: UInt64 = 0) {
        state = Self.mix(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    package mutating func combine(_ word: UInt64) {
        count += 1
        state = Self.mix(state ^ Self.mix(word &+ 0x9E37_79B9_7F4A_7C15 &* count))
    }

    /// Combines bytes, eight at a time, and their number.
    package mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        var position = 0
        while position + 8 <= raw.count {
            combine(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
            position += 8
        }
        var rest: UInt64 = 0
        for byte in raw[position...].reversed() { rest = rest << 8 | UInt64(byte) }
        combine(rest)
        combine(UInt64(raw.count))
    }

    package mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine($0) }
    }

    package var value: UInt64 { state }

    package static func hash(_ text: String, seed: UInt64 = 0) -> UInt64 {
        var hash = StableHash(seed: seed)
        hash.combine(text)
        return hash.value
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every input bit moves every output bit.
    static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
