/// CRC-64/XZ: polynomial 0x42F0E1EBA9EA3693 (ECMA-182), reflected, all ones in and out. Finds every burst of up to 64 bits.
package enum CRC64 {
    /// Eight bytes a step: `tables[k][b]` is the effect of byte `b` followed by `k` zero bytes.
    private static let tables: [UInt64] = {
        let polynomial: UInt64 = 0xC96C_5795_D787_0F42
        var tables = [UInt64](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var rest = UInt64(byte)
            for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ polynomial : rest >> 1 }
            tables[byte] = rest
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = tables[Int(previous & 0xFF)] ^ previous >> 8
        }
        return tables
    }()

    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        tables.withUnsafeBufferPointer { table in
            var rest = ~UInt64(0)
            var position = 0
            while position + 8 <= bytes.count {
                let word = rest ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                rest = 0
                for byte in 0..<8 {
                    rest ^= table[(7 - byte) * 256 + Int(truncatingIfNeeded: word >> (8 * UInt64(byte)) & 0xFF)]
                }
                position += 8
            }
            while position < bytes.count {
                rest = table[Int((rest ^ UInt64(bytes[position])) & 0xFF)] ^ rest >> 8
                position += 1
            }
            return ~rest
        }
    }
}
