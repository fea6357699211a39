/// Symmetric integers a row: value ≈ scale · code.
package struct QuantizedRow: Sendable, Equatable {
    package let scale: Float
    /// Codes in -limit...limit.
    package let codes: [Int8]
}

/// How the largest representable value of a row is chosen.
package enum ClipRule: String, Sendable, CaseIterable {
    /// The row's largest magnitude: nothing is cut off.
    case max
    /// The clip with the least mean squared error among 64 shares of the largest magnitude (after Banner et al. 2019,
    /// section 3, by search).
    case mse
}

package enum RowQuantization {
    /// Quantizes one row to codes in -limit...limit (127 for int8, 7 for int4). An all-zero row has scale 0, and so has one whose
    /// values are too small for a scale. The scale comes from the finite values: an infinite one is cut off, NaN becomes 0.
    package static func quantize(_ row: some Collection<Float>, limit: Int, clip: ClipRule) -> QuantizedRow {
        let values = Array(row)
        let largest = values.reduce(Float(0)) { $1.isFinite ? Swift.max($0, $1.magnitude) : $0 }
        var best = largest / Float(limit)
        guard best > 0 else { return QuantizedRow(scale: 0, codes: [Int8](repeating: 0, count: values.count)) }
        if clip == .mse {
            var least = error(values, scale: best, limit: limit)
            for step in 1..<64 {
                let scale = largest * (1 - Float(step) / 96) / Float(limit)
                guard scale > 0 else { break }
                let candidate = error(values, scale: scale, limit: limit)
                if candidate < least { (least, best) = (candidate, scale) }
            }
        }
        return QuantizedRow(scale: best, codes: values.map { code($0, scale: best, limit: limit) })
    }

    private static func error(_ values: [Float], scale: Float, limit: Int) -> Double {
        values.reduce(0) { sum, value in
            let difference = Double(value - Float(code(value, scale: scale, limit: limit)) * scale)
            return sum + difference * difference
        }
    }

    private static func code(_ value: Float, scale: Float, limit: Int) -> Int8 {
        guard !value.isNaN else { return 0 }
        let rounded = (value / scale).rounded(.toNearestOrEven)
        return Int8(Swift.min(Swift.max(rounded, -Float(limit)), Float(limit)))
    }
}
