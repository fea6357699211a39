import AttarTestSupport
import CAttarTrainingKernels
import Testing

@Suite("CRC-32C")
struct ChecksumTests {
    @Test("gives the check value of its definition")
    func checkValue() {
        #expect(attar_crc32c(0, Array("123456789".utf8), 9) == 0xE306_9283)
        #expect(attar_crc32c(0, [UInt8](), 0) == 0)
    }

    @Test("of a whole is that of its parts, one after the other")
    func splitting() {
        var random = SeededRandom(seed: 1)
        let bytes = (0..<257).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let whole = attar_crc32c(0, bytes, bytes.count)
        for cut in 0...bytes.count {
            let first = attar_crc32c(0, bytes, cut)
            #expect(attar_crc32c(first, Array(bytes[cut...]), bytes.count - cut) == whole)
        }
    }

    @Test("equals division by the polynomial, bit by bit")
    func bitwise() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<200 {
            let bytes = (0..<random.below(70)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            var remainder = UInt32.max
            for byte in bytes {
                remainder ^= UInt32(byte)
                for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1 }
            }
            #expect(attar_crc32c(0, bytes, bytes.count) == ~remainder)
        }
    }
}
