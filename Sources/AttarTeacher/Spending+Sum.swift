extension Spending {
    package static let none = Spending()

    /// Adds what another teacher took. Prices stay those of this one: a sum over teachers has a cost only in parts.
    package mutating func add(_ other: Spending) {
        requests += other.requests
        repeatedAttempts += other.repeatedAttempts
        settledCalls += other.settledCalls
        reusedCalls += other.reusedCalls
        usage.add(other.usage)
        reusedUsage.add(other.reusedUsage)
        uncountedCalls += other.uncountedCalls
        rejectedCalls += other.rejectedCalls
        probeCalls += other.probeCalls
        probeUsage.add(other.probeUsage)
        busySeconds += other.busySeconds
    }
}
