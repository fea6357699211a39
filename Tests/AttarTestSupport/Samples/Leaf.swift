import AttarRuntime

/// An input or a parameter of a sample.
package struct Leaf: Sendable {
    package enum Content: Sendable {
        case floats([Float])
        case numbers([UInt32])
        /// Quantized rows: value = scale of the row · code.
        case codes([Int8], scales: [Float])
        /// Bytes in the layout of the kernels; the reference knows nothing of them.
        case stored([UInt8])
    }

    package let rows: Int
    package let columns: Int
    /// Row-major.
    package var content: Content

    package init(rows: Int, columns: Int, _ content: Content) {
        self.rows = rows
        self.columns = columns
        self.content = content
    }

    package init(rows: Int, columns: Int, floats: [Float]) {
        precondition(floats.count == rows * columns)
        self.init(rows: rows, columns: columns, .floats(floats))
    }

    package init(numbers: [UInt32]) { self.init(rows: numbers.count, columns: 1, .numbers(numbers)) }

    /// What the leaf means.
    package var reference: ReferenceValue {
        let values: [Double] =
            switch content {
            case .floats(let floats): floats.map(Double.init)
            case .numbers(let numbers): numbers.map(Double.init)
            case .codes(let codes, let scales):
                codes.indices.map { Double(codes[$0]) * Double(scales[$0 / columns]) }
            case .stored: preconditionFailure("stored bytes have no reference value")
            }
        return ReferenceValue(rows: rows, columns: columns, values: values)
    }

    /// The bytes that a kernel reads. Padding is filled with bytes that no result may depend on.
    package func bytes(as type: ElementType) -> [UInt8] {
        if case .stored(let bytes) = content { return bytes }
        guard let size = type.bytes(rows: rows, columns: columns), let codesStart = type.codesOffset(rows: rows) else {
            preconditionFailure("a sample is too large")
        }
        var bytes = [UInt8](repeating: 0xFF, count: size)
        func put(_ bits: UInt32, at offset: Int) {
            withUnsafeBytes(of: bits.littleEndian) { bytes.replaceSubrange(offset..<(offset + 4), with: $0) }
        }
        switch content {
        case .floats(let floats):
            for (index, value) in floats.enumerated() {
                put(value.bitPattern, at: 4 * type.position(of: index, columns: columns))
            }
        case .numbers(let numbers):
            for (index, number) in numbers.enumerated() { put(number, at: 4 * index) }
        case .codes(let codes, let scales):
            for (row, scale) in scales.enumerated() { put(scale.bitPattern, at: 4 * row) }
            for (index, code) in codes.enumerated() {
                let at = codesStart + type.position(of: index, columns: columns)
                if type == .int4Rows {
                    let nibble = UInt8(bitPattern: code) & 0x0F
                    bytes[at] = index % columns & 16 == 0 ? bytes[at] & 0xF0 | nibble : bytes[at] & 0x0F | nibble << 4
                } else {
                    bytes[at] = UInt8(bitPattern: code)
                }
            }
            if type == .int8Panels {
                let panelBytes = 16 * ((columns + 3) / 4 * 4)
                for row in 0..<(codesStart / 8) {
                    let panel = codesStart + row / 16 * panelBytes
                    var sum = Int32(0)
                    for quad in stride(from: panel + row % 16 * 4, to: panel + panelBytes, by: 64) {
                        for code in bytes[quad..<(quad + 4)] { sum += Int32(Int8(bitPattern: code)) }
                    }
                    put(UInt32(bitPattern: sum), at: codesStart / 2 + 4 * row)
                }
            }
        case .stored: break
        }
        return bytes
    }
}

extension ElementType {
    /// Where an element, given by its row-major index, stands: counted in elements, in bytes for int4.
    package func position(of index: Int, columns: Int) -> Int {
        let (row, column) = (index / columns, index % columns)
        return switch self {
        case .float32, .uint32, .int8Rows: index
        case .float32Panels: (row / 16 * columns + column) * 16 + row % 16
        case .int8Panels: row / 16 * 16 * ((columns + 3) / 4 * 4) + column / 4 * 64 + row % 16 * 4 + column % 4
        case .int4Rows: row * ((columns + 31) / 32 * 16) + column / 32 * 16 + column % 16
        }
    }

    /// The floats of a stored buffer in row-major order.
    package func rowMajor(_ stored: [Float], rows: Int, columns: Int) -> [Float] {
        (0..<(rows * columns)).map { stored[position(of: $0, columns: columns)] }
    }
}
