/// Which elements of one example dropout keeps: the hash that the kernels document, written once more.
struct DropoutMask {
    private let key: UInt64
    private let threshold: UInt32

    init(runKey: UInt64, salt: UInt32, example: UInt32, rate: Float) {
        let place = UInt64(salt) << 32 &+ UInt64(example) &+ 1
        key = Self.mix(runKey ^ Self.mix(place))
        threshold = UInt32(Double(rate) * 0x1p32)
    }

    func keeps(_ position: Int) -> Bool { draw(UInt32(position)) >= threshold }

    private func draw(_ position: UInt32) -> UInt32 {
        var h = position &* 0x9E37_79B9 ^ UInt32(truncatingIfNeeded: key)
        h = (h ^ h >> 16) &* 0x85EB_CA6B
        h = (h ^ h >> 13) &* 0xC2B2_AE35
        h = (h ^ h >> 16) &+ UInt32(key >> 32)
        h = (h ^ h >> 16) &* 0x7FEB_352D
        h = (h ^ h >> 15) &* 0x846C_A68B
        return h ^ h >> 16
    }

    private static func mix(_ x: UInt64) -> UInt64 {
        var x = x
        x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
        return x ^ x >> 31
    }
}
