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

@Suite("SHA-256")
struct HashTests {
    private func digest(_ bytes: [UInt8], cut: Int) -> String {
        var state = attar_sha256()
        attar_sha256_start(&state)
        attar_sha256_add(&state, bytes, min(cut, bytes.count))
        let rest = Array(bytes.dropFirst(cut))
        attar_sha256_add(&state, rest, rest.count)
        var digest = [UInt8](repeating: 0, count: 32)
        attar_sha256_finish(&state, &digest)
        return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test(
        "gives the examples of FIPS 180-4, in whatever parts the bytes come", arguments: [0, 1, 55, 63, 64, 65, 1000])
    func examples(cut: Int) {
        #expect(digest([], cut: cut) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            digest(Array("abc".utf8), cut: cut) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            digest(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8), cut: cut)
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            digest([UInt8](repeating: 0x61, count: 1_000_000), cut: cut)
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
}
