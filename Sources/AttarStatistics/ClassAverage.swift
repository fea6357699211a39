/// A figure over all classes, by scikit-learn's definitions.
///
/// Where each row has one class and one answer, precision, recall and F1 averaged `micro` all equal accuracy, and so
/// does recall weighted by class.
package enum ClassAverage: String, CaseIterable, Codable, Sendable {
    /// The share of rows given their class.
    case accuracy
    /// The mean recall of the classes that have rows (Brodersen et al. 2010).
    case balancedAccuracy
    /// Means over the classes that occur in the truth or the predictions.
    case macroPrecision, macroRecall, macroF1
    /// Means with each class weighted by its rows.
    case weightedPrecision, weightedF1
}

extension [ClassMetrics] {
    /// A figure over these classes; 0 without rows.
    package func average(_ figure: ClassAverage) -> Double {
        switch figure {
        case .accuracy: microRecall
        case .balancedAccuracy: filter { $0.support > 0 }.macro(\.recall)
        case .macroPrecision: macro(\.precision)
        case .macroRecall: macro(\.recall)
        case .macroF1: macro(\.f1)
        case .weightedPrecision: weighted(\.precision)
        case .weightedF1: weighted(\.f1)
        }
    }

    /// Rows of these classes.
    package var rowCount: Int { reduce(0) { $0 + $1.support } }
}
