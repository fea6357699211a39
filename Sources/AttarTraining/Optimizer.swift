import AttarGraph
import AttarRuntime
import AttarStudents
import CAttarTrainingKernels
import Foundation

/// AdamW with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2); rows of a table that no example of the
/// batch uses keep value
/// and moments ("lazy").
package struct AdamWSettings: Sendable, Equatable {
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var weightDecay: Float

    package init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    func step(_ step: Int, learningRate: Float, decays: Bool) -> attar_adamw {
        attar_adamw(
            learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            weight_decay: decays ? weightDecay : 0,
            correction1: Float(1 - Self.power(Double(beta1), step)),
            correction2: Float(1 - Self.power(Double(beta2), step)))
    }

    /// Integer power by squaring: the same bits on every platform, unlike the library's `pow`.
    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, left) = (1.0, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }
}

/// How the rows of tables are updated; dense parameters always take AdamW.
package enum TableOptimizer: Sendable, Equatable {
    case adamw
    /// Adagrad (Duchi et al. 2011): steps of a row shrink with its own gradients, so rare features keep learning. Its rate
    /// follows the same schedule from its own peak.
    case adagrad(peakLearningRate: Float)
}

/// The learning rate over a run: linear warm-up, then a decay to zero at the last step.
package struct LearningRateSchedule: Sendable, Equatable {
    package enum Decay: String, Sendable, CaseIterable {
        case constant, linear, cosine
    }

    package var peak: Float
    package var warmUpSteps: Int
    package var totalSteps: Int
    package var decay: Decay

    package init(peak: Float, warmUpSteps: Int, totalSteps: Int, decay: Decay) {
        self.peak = peak
        self.warmUpSteps = warmUpSteps
        self.totalSteps = totalSteps
        self.decay = decay
    }

    /// The rate of step `step`, counted from 1.
    package func rate(at step: Int) -> Float { peak * share(at: step) }

    /// The part of the peak that step `step` gets.
    package func share(at step: Int) -> Float {
        if step <= warmUpSteps { return Float(step) / Float(warmUpSteps) }
        let progress = Float(step - warmUpSteps - 1) / Float(max(totalSteps - warmUpSteps, 1))
        switch decay {
        case .constant: return 1
        case .linear: return max(0, 1 - progress)
        case .cosine: return 0.5 * (1 + CanonicalMath.cosine(ofHalfTurns: min(1, progress)))
        }
    }
}
