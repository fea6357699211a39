import Foundation

/// The least probability that enters a logarithm (2⁻⁵²): one impossible answer costs 36, not infinity.
package let leastProbability = Double.ulpOfOne

/// The negative logarithm (nats) of the probability each row gave to its true class.
///
/// - Parameter probabilities: rows × classes, row-major.
package func logLosses(probabilities: [Float], truth: [Int], classCount: Int) -> [Double] {
    precondition(probabilities.count == truth.count * classCount, "one probability a row and class")
    return truth.indices.map { row in
        -log(min(1, max(leastProbability, Double(probabilities[row * classCount + truth[row]]))))
    }
}

/// The Brier score of each row (Brier 1950): squared differences to the true class, summed over classes, 0 to 2.
///
/// - Parameter probabilities: rows × classes, row-major.
package func brierScores(probabilities: [Float], truth: [Int], classCount: Int) -> [Double] {
    precondition(probabilities.count == truth.count * classCount, "one probability a row and class")
    return truth.indices.map { row in
        (0..<classCount).reduce(0) { sum, index in
            let difference = Double(probabilities[row * classCount + index]) - (index == truth[row] ? 1 : 0)
            return sum + difference * difference
        }
    }
}

/// The arithmetic mean; nil of nothing.
package func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// The most probable class of each row, the first of equals; nil for a row that holds a value that is not a number.
///
/// - Parameter probabilities: rows × classes, row-major.
package func mostProbable(_ probabilities: [Float], classCount: Int) -> [Int?] {
    precondition(classCount > 0 && probabilities.count % classCount == 0, "one probability a row and class")
    return stride(from: 0, to: probabilities.count, by: classCount).map { start in
        var best = start
        for index in start..<(start + classCount) {
            if probabilities[index].isNaN { return nil }
            if probabilities[index] > probabilities[best] { best = index }
        }
        return best - start
    }
}
