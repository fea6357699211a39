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
