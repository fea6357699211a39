/// Wall-clock time of `body`.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// The middle value; the upper one of two.
func median(_ values: some Collection<Double>) -> Double {
    precondition(!values.isEmpty)
    return values.sorted()[values.count / 2]
}
