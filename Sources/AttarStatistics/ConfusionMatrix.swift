/// How often rows of each true class were given each class.
package struct ConfusionMatrix: Hashable, Sendable {
    package let classCount: Int
    /// True class × predicted class, row-major.
    package let counts: [Int]

    /// - Parameters:
    ///   - truth: the true class of each row.
    ///   - predicted: the class given to each row.
    package init(truth: [Int], predicted: [Int], classCount: Int) {
        precondition(truth.count == predicted.count, "each row has a true and a predicted class")
        var counts = [Int](repeating: 0, count: classCount * classCount)
        for (expected, given) in zip(truth, predicted) {
            counts[expected * classCount + given] += 1
        }
        self.classCount = classCount
        self.counts = counts
    }

    package subscript(truth: Int, predicted: Int) -> Int {
        counts[truth * classCount + predicted]
    }

    package var rowCount: Int { counts.reduce(0, +) }

    /// The figures of each class.
    package var classes: [ClassMetrics] {
        (0..<classCount).map { index in
            ClassMetrics(
                truePositives: self[index, index],
                predictedCount: (0..<classCount).reduce(0) { $0 + self[$1, index] },
                support: (0..<classCount).reduce(0) { $0 + self[index, $1] })
        }
    }
}
