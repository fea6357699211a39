/// The value below which a share `probability` of the values lies, interpolated between neighbours
/// (definition 7 of Hyndman and Fan 1996, the default of NumPy and R). The values need not be sorted, or be any: nil
/// then.
package func quantile(_ probability: Double, of values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    return quantile(probability, ofSorted: values.sorted())
}

/// ``quantile(_:of:)`` of at least one value, in ascending order already.
package func quantile(_ probability: Double, ofSorted values: [Double]) -> Double {
    precondition(!values.isEmpty && (0...1).contains(probability), "a quantile needs values and a share in 0...1")
    let position = probability * Double(values.count - 1)
    let below = Int(position)
    guard below + 1 < values.count else { return values[values.count - 1] }
    return values[below] + (position - Double(below)) * (values[below + 1] - values[below])
}
