import AttarHDF5
import Testing

@Suite struct CRC64Tests {
    /// The check value of the catalogue of parametrised CRC algorithms.
    @Test func theCheckValueIsTheKnownOne() {
        #expect(Array("123456789".utf8).withUnsafeBytes(CRC64.checksum) == 0x995D_C9BB_DF19_39FA)
    }

    @Test func wordsAndBytesAgree() {
        var generator = SeededGenerator(seed: 2)
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(bytes.withUnsafeBytes(CRC64.checksum) == bitwise(bytes))
        }
    }

    private func bitwise(_ bytes: [UInt8]) -> UInt64 {
        var rest = ~UInt64(0)
        for byte in bytes {
            rest ^= UInt64(byte)
            for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0xC96C_5795_D787_0F42 : rest >> 1 }
        }
        return ~rest
    }
}
