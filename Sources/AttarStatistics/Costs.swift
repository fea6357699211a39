/// What it costs to give a row of one class another: true class × given class, row-major.
package struct CostMatrix: Hashable, Sendable {
    package let classCount: Int
    package let costs: [Double]

    package init(_ costs: [Double], classCount: Int) {
        precondition(costs.count == classCount * classCount, "one cost for each true and given class")
        self.classCount = classCount
        self.costs = costs
    }

    package subscript(truth: Int, given: Int) -> Double { costs[truth * classCount + given] }

    /// The cost of each row's answer.
    package func costs(truth: [Int], predicted: [Int]) -> [Double] {
        precondition(truth.count == predicted.count, "each row has a true and a predicted class")
        return zip(truth, predicted).map { self[$0, $1] }
    }

    /// The class of least expected cost of each row and that cost, Σᵢ pᵢ·cost(i, j) (Elkan 2001, "The foundations of
    /// cost-sensitive learning", §1); the first of equals.
    ///
    /// - Parameter probabilities: rows × classes, row-major.
    package func leastCostDecisions(_ probabilities: [Float]) -> [(label: Int, expectedCost: Double)] {
        precondition(classCount > 0 && probabilities.count % classCount == 0, "one probability a row and class")
        var expected = [Double](repeating: 0, count: classCount)
        return stride(from: 0, to: probabilities.count, by: classCount).map { start in
            expected.withUnsafeMutableBufferPointer { expected in
                costs.withUnsafeBufferPointer { costs in
                    expected.update(repeating: 0)
                    for truth in 0..<classCount {
                        let probability = Double(probabilities[start + truth])
                        let row = truth * classCount
                        for given in 0..<classCount { expected[given] += probability * costs[row + given] }
                    }
                }
            }
            var best = 0
            for given in 0..<classCount where expected[given] < expected[best] { best = given }
            return (best, expected[best])
        }
    }
}
