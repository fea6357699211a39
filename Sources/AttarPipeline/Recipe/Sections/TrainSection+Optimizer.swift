import AttarTraining

extension TrainSection {
    var weightOptimizer: AttarTraining.Optimizer {
        switch optimizer ?? .adamw {
        case .adamw: .adamw(AdamWSettings(weightDecay: Float(weightDecay)))
        case .sgd: .sgd(SGDSettings(momentum: Float(momentum ?? 0.9), weightDecay: Float(weightDecay)))
        }
    }
}

extension TrainSection.Schedule {
    var decay: LearningRateSchedule.Decay {
        switch self {
        case .constant: .constant
        case .linear: .linear
        case .cosine: .cosine
        }
    }
}
