import AttarRuntime
import AttarTraining

extension ParameterStore {
    /// What the codes of a stored parameter `[rows, columns]` stand for, row-major: scale · code; floats as they are.
    package func dequantized(at index: Int) -> [Float] {
        let (entry, bytes) = (entries[index], bytes(index))
        let codes = entry.type.codesOffset(rows: entry.rows) ?? 0
        switch entry.type {
        case .float32, .float32Panels, .uint32: return rowMajor(at: index)
        case .int8Rows, .int8Panels, .int4Rows:
            return (0..<(entry.rows * entry.columns)).map { element in
                let (row, column) = element.quotientAndRemainder(dividingBy: entry.columns)
                let position = WeightQuantizer.position(
                    row: row, column: column, columns: entry.columns, type: entry.type)
                var code = Int8(bitPattern: bytes[codes + position])
                // Two codes a byte: low and high half.
                if entry.type == .int4Rows { code = column & 16 == 0 ? (code << 4) >> 4 : code >> 4 }
                return bytes.load(fromByteOffset: 4 * row, as: Float.self) * Float(code)
            }
        }
    }
}
