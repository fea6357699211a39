import AttarStatistics

/// A figure with the bounds of its interval, where it has one.
package struct Estimate: Codable, Hashable, Sendable {
    package var value: Double
    package var lower: Double?
    package var upper: Double?

    package init(_ value: Double, _ interval: Interval? = nil) {
        self.value = value
        lower = interval?.lower
        upper = interval?.upper
    }

    package init(_ value: Double, bounds: Bounds?) {
        self.value = value
        lower = bounds?.lower
        upper = bounds?.upper
    }

    /// A share with Wilson's interval, or the exact one where there are few of either kind.
    package init(_ successes: Int, of trials: Int, level: Double) {
        self.init(
            trials == 0 ? 0 : Double(successes) / Double(trials),
            rateInterval(successes: successes, trials: trials, level: level))
    }
}

/// The bounds of a figure's interval.
package struct Bounds: Codable, Hashable, Sendable {
    package var lower: Double
    package var upper: Double

    package init?(_ interval: Interval?) {
        guard let interval else { return nil }
        (lower, upper) = (interval.lower, interval.upper)
    }
}

/// One system's figures over the held-out rows that it answered.
package struct SystemFigures: Codable, Hashable, Sendable {
    package var name: String
    package var role: SystemRole
    package var answered: Int
    package var unanswered: Int
    package var correct: Int
    package var accuracy: Estimate
    package var macroF1: Estimate
    package var weightedF1: Double
    /// Means over the labels that occur.
    package var macroPrecision: Estimate?
    package var macroRecall: Estimate?
    /// Each label by its rows. Weighted recall, and all three taken over single decisions (micro), are the accuracy.
    package var weightedPrecision: Estimate?
    package var weightedF1Bounds: Bounds?
    /// How often the true label is among the likeliest few.
    package var top: [TopFigures]?
    /// Area under the ROC curve and average precision, each label against the rest, mean over labels.
    package var rocArea: Estimate?
    package var averagePrecision: Estimate?
    /// Mean cost of an answer by the recipe's cost matrix.
    package var meanCost: Estimate?
    package var logLoss: Estimate?
    package var brier: Estimate?
    package var calibrationError: Double?
    package var calibrationErrorBounds: Bounds?
    /// The calibration error that a calibrated system with the same confidences could have by chance.
    package var calibrationErrorByChance: Double?
    package var sizeBytes: Int?
    package var latency: LatencyFigures?

    /// Whether confidence and accuracy differ by more than chance would have it; nil if not known.
    package var isMiscalibrated: Bool? {
        guard let calibrationError, let calibrationErrorByChance else { return nil }
        return calibrationError > calibrationErrorByChance
    }
}

/// How often the true label is among a system's `count` likeliest.
package struct TopFigures: Codable, Hashable, Sendable {
    package var count: Int
    package var accuracy: Estimate
}

/// Two systems on the rows that both answered; differences are first minus second.
package struct ComparisonFigures: Codable, Hashable, Sendable {
    package var first: String
    package var second: String
    package var rows: Int
    package var firstAccuracy: Double
    package var secondAccuracy: Double
    package var accuracyDifference: Estimate
    package var macroF1Difference: Estimate
    /// First's accuracy as a share of second's; nil when second was never right.
    package var accuracyRatio: Estimate?
    package var onlyFirstCorrect: Int
    package var onlySecondCorrect: Int
    /// Exact McNemar test of equal accuracy.
    package var mcNemarProbability: Double
    /// Rows to which both gave the same label.
    package var sameAnswers: Estimate
    package var sameAnswerRows: Int
}

/// How alike subject and teacher answer, right or wrong.
package struct AgreementFigures: Codable, Hashable, Sendable {
    package var rows: Int
    package var sameAnswerRows: Int
    package var sameAnswers: Estimate
    /// Mean KL(teacher ‖ subject), nats.
    package var divergence: Double?
    package var divergenceBounds: Bounds?
}

/// Whether the file that ships answers as the model that was evaluated.
package struct DeploymentFigures: Codable, Hashable, Sendable {
    package var file: String
    package var evaluated: String
    package var rows: Int
    package var identicalPredictions: Int
    package var largestProbabilityDifference: Double
    /// Numbers (from 0) of the first few rows that differ.
    package var firstDifferingRows: [Int]
}

/// One label's figures.
package struct ClassFigures: Codable, Hashable, Sendable {
    package var label: String
    /// Rows of the label, rows given it, and rows of it that were given it.
    package var support: Int
    package var predicted: Int
    package var correct: Int
    package var precision: Double
    package var recall: Estimate
    package var f1: Double
    /// The label that its rows were most often given wrongly.
    package var takenFor: String?
    package var takenForRows: Int
}

/// A reliability curve: how often answers of a given confidence are right.
package struct ReliabilityFigures: Codable, Hashable, Sendable {
    package struct Bin: Codable, Hashable, Sendable {
        package var rows: Int
        package var confidence: Double
        package var accuracy: Estimate
    }

    package var system: String
    package var role: SystemRole
    package var calibrationError: Double
    package var bins: [Bin]
}

/// Accuracy against the number of rows trained on.
package struct LearningCurveFigures: Codable, Hashable, Sendable {
    package struct Point: Codable, Hashable, Sendable {
        package var rows: Int
        package var judged: Int
        package var accuracy: Estimate
    }

    package var part: String
    package var points: [Point]
}

/// What a thousand queries cost by teacher and by student.
package struct CostFigures: Codable, Hashable, Sendable {
    package var currency: String
    package var teacherTokensPerQuery: Double?
    package var teacherPerThousand: Double?
    package var studentCoreSecondsPerThousand: Double?
    package var studentPerThousand: Double?
    /// Student alone, teacher alone, cascade.
    package var serving: [ServingFigures]?
    package var breakEven: [BreakEvenFigures]?
}

/// A held-out text that the subject got wrong.
package struct ErrorExample: Codable, Hashable, Sendable {
    package var row: Int
    package var text: String
    package var expected: String
    package var predicted: String
    /// The probability given to the wrong label.
    package var probability: Double
    package var teacher: String?
}
