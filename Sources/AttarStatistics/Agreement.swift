import Foundation

/// The mean Kullback–Leibler divergence KL(reference ‖ model) in nats over rows: 0 when the model answers just as the reference.
///
/// Nil without rows. The model's probabilities enter no lower than ``leastProbability``.
///
/// - Parameters: rows × classes each, row-major.
package func meanDivergence(from reference: [Float], to model: [Float], classCount: Int) -> Double? {
    precondition(reference.count == model.count && classCount > 0, "both give a probability to each row and class")
    guard !reference.isEmpty else { return nil }
    var sum = 0.0
    for (wanted, given) in zip(reference, model) where wanted > 0 {
        sum += Double(wanted) * (log(Double(wanted)) - log(max(leastProbability, Double(given))))
    }
    return sum / Double(reference.count / classCount)
}
