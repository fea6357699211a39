extension [ClassMetrics] {
    /// The figures had up to `count` of the rows that were right, taken at random, been given another class.
    func turningWrong(_ count: Int, using generator: inout SplitMix64) -> [ClassMetrics] {
        var turned = self
        for _ in 0..<Swift.min(count, turned.reduce(0) { $0 + $1.truePositives }) where self.count > 1 {
            let label = turned.pick(\.truePositives, using: &generator)
            let other = (label + 1 + generator.below(self.count - 1)) % self.count
            turned[label] = turned[label].adding(truePositives: -1, predictedCount: -1)
            turned[other] = turned[other].adding(predictedCount: 1)
        }
        return turned
    }

    /// The figures had up to `count` of the rows that were wrong, taken at random, been given their class.
    func turningRight(_ count: Int, using generator: inout SplitMix64) -> [ClassMetrics] {
        var turned = self
        for _ in 0..<Swift.min(count, turned.reduce(0) { $0 + $1.support - $1.truePositives }) {
            let label = turned.pick({ $0.support - $0.truePositives }, using: &generator)
            let other = turned.pick({ $0.predictedCount - $0.truePositives }, using: &generator)
            turned[other] = turned[other].adding(predictedCount: -1)
            turned[label] = turned[label].adding(truePositives: 1, predictedCount: 1)
        }
        return turned
    }

    /// A class, each as likely as its count says.
    private func pick(_ count: (ClassMetrics) -> Int, using generator: inout SplitMix64) -> Int {
        var place = generator.below(reduce(0) { $0 + count($1) })
        for (label, metrics) in enumerated() {
            place -= count(metrics)
            if place < 0 { return label }
        }
        preconditionFailure("the place lies within the sum of the counts")
    }
}

extension ClassMetrics {
    fileprivate func adding(truePositives hits: Int = 0, predictedCount given: Int) -> ClassMetrics {
        ClassMetrics(truePositives: truePositives + hits, predictedCount: predictedCount + given, support: support)
    }
}
