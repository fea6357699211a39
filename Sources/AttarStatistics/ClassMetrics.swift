/// Precision, recall and F1 of one class. A quotient without a denominator is 0, as scikit-learn has it.
package struct ClassMetrics: Hashable, Sendable {
    /// Rows of the class that were given it.
    package let truePositives: Int
    /// Rows that were given the class.
    package let predictedCount: Int
    /// Rows of the class.
    package let support: Int

    package init(truePositives: Int, predictedCount: Int, support: Int) {
        self.truePositives = truePositives
        self.predictedCount = predictedCount
        self.support = support
    }

    /// Of the rows given the class, the share that belongs to it.
    package var precision: Double { ratio(truePositives, predictedCount) }

    /// Of the rows of the class, the share that was given it.
    package var recall: Double { ratio(truePositives, support) }

    /// The harmonic mean of precision and recall (van Rijsbergen 1979): 2·TP / (predicted + support).
    package var f1: Double { ratio(2 * truePositives, predictedCount + support) }

    /// Whether the class occurs at all, in the truth or in the predictions.
    package var occurs: Bool { predictedCount + support > 0 }
}

extension [ClassMetrics] {
    /// The mean of a figure over the classes that occur in the truth or the predictions; 0 when none does.
    package func macro(_ figure: (ClassMetrics) -> Double) -> Double {
        let occurring = filter(\.occurs)
        return occurring.isEmpty ? 0 : occurring.reduce(0) { $0 + figure($1) } / Double(occurring.count)
    }

    /// The mean of a figure with each class weighted by its rows; 0 without rows.
    package func weighted(_ figure: (ClassMetrics) -> Double) -> Double {
        let rows = reduce(0) { $0 + $1.support }
        return rows == 0 ? 0 : reduce(0) { $0 + figure($1) * Double($1.support) } / Double(rows)
    }

    /// F1 over all decisions together; with one label a row it equals accuracy.
    package var microF1: Double {
        ratio(2 * reduce(0) { $0 + $1.truePositives }, reduce(0) { $0 + $1.predictedCount + $1.support })
    }
}

/// A quotient of counts, 0 where it is undefined.
func ratio(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
}

/// The share of rows that were given their true class; 0 without rows.
package func accuracy(truth: [Int], predicted: [Int]) -> Double {
    precondition(truth.count == predicted.count, "each row has a true and a predicted class")
    return ratio(zip(truth, predicted).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }, truth.count)
}

/// The mean F1 over the classes that occur (see ``ClassMetrics``).
package func macroF1(truth: [Int], predicted: [Int], classCount: Int) -> Double {
    ConfusionMatrix(truth: truth, predicted: predicted, classCount: classCount).classes.macro(\.f1)
}
