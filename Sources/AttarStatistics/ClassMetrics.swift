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
        var sum = 0.0
        var occurring = 0
        for metrics in self where metrics.occurs {
            sum += figure(metrics)
            occurring += 1
        }
        return occurring == 0 ? 0 : sum / Double(occurring)
    }

    /// The mean of a figure with each class weighted by its rows; 0 without rows.
    package func weighted(_ figure: (ClassMetrics) -> Double) -> Double {
        let rows = reduce(0) { $0 + $1.support }
        return rows == 0 ? 0 : reduce(0) { $0 + figure($1) * Double($1.support) } / Double(rows)
    }

    /// Precision, recall and F1 over all decisions together; with one label and one answer a row they equal accuracy.
    package var microPrecision: Double { ratio(sum(\.truePositives), sum(\.predictedCount)) }
    package var microRecall: Double { ratio(sum(\.truePositives), sum(\.support)) }
    package var microF1: Double { ratio(2 * sum(\.truePositives), sum(\.predictedCount) + sum(\.support)) }

    private func sum(_ count: (ClassMetrics) -> Int) -> Int { reduce(0) { $0 + count($1) } }
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
