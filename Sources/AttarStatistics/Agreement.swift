import Foundation

/// The Kullback–Leibler divergence KL(reference ‖ model) of each row in nats: 0 where the model answers just as the
/// reference.
///
/// The model's probabilities enter no lower than ``leastProbability``.
///
/// - Parameters: rows × classes each, row-major.
package func divergences(from reference: [Float], to model: [Float], classCount: Int) -> [Double] {
    precondition(reference.count == model.count && classCount > 0, "both give a probability to each row and class")
    return stride(from: 0, to: reference.count, by: classCount).map { start in
        var sum = 0.0
        for index in start..<(start + classCount) where reference[index] > 0 {
            let wanted = Double(reference[index])
            sum += wanted * (log(wanted) - log(max(leastProbability, Double(model[index]))))
        }
        return sum
    }
}

/// The mean of ``divergences(from:to:classCount:)``; nil without rows.
package func meanDivergence(from reference: [Float], to model: [Float], classCount: Int) -> Double? {
    mean(divergences(from: reference, to: model, classCount: classCount))
}
