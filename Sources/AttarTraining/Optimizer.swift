import CAttarTrainingKernels

/// How parameters follow their gradients. Rows of a table that no example of the step uses keep value and moments
/// ("lazy").
package enum Optimizer: Sendable, Equatable {
    case adamw(AdamWSettings)
    case sgd(SGDSettings)

    package var weightDecay: Float {
        switch self {
        case .adamw(let settings): settings.weightDecay
        case .sgd(let settings): settings.weightDecay
        }
    }
}

/// AdamW with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2).
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

    func step(_ step: Int, learningRate: Float, decays: Bool, gradientScale: Float) -> attar_adamw {
        var settings = attar_adamw()
        settings.learning_rate = learningRate
        settings.beta1 = beta1
        settings.beta2 = beta2
        settings.epsilon = epsilon
        settings.weight_decay = decays ? weightDecay : 0
        settings.correction1 = Float(1 - Self.power(Double(beta1), step))
        settings.correction2 = Float(1 - Self.power(Double(beta2), step))
        settings.gradient_scale = gradientScale
        return settings
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

/// Gradient descent with momentum: m ← momentum · m + g, x ← x − rate · m, with decoupled weight decay.
package struct SGDSettings: Sendable, Equatable {
    package var momentum: Float
    package var weightDecay: Float

    package init(momentum: Float = 0.9, weightDecay: Float = 0) {
        self.momentum = momentum
        self.weightDecay = weightDecay
    }

    func step(learningRate: Float, decays: Bool, gradientScale: Float) -> attar_sgd {
        var settings = attar_sgd()
        settings.learning_rate = learningRate
        settings.momentum = momentum
        settings.weight_decay = decays ? weightDecay : 0
        settings.gradient_scale = gradientScale
        return settings
    }
}

/// How the rows of tables are updated.
package enum TableOptimizer: Sendable, Equatable {
    /// As all other parameters.
    case shared
    /// Adagrad (Duchi et al. 2011): steps of a row shrink with its own gradients, so rare features keep learning. Its rate
    /// follows the same schedule from its own peak.
    case adagrad(peakLearningRate: Float)
}
