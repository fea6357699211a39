import AttarStatistics

/// How the student fares where texts are unlike the average: parts of the data, damaged texts, another source.
package struct StressFigures: Codable, Hashable, Sendable {
    package var slices: SliceFigures?
    package var perturbations: [PerturbationFigures]
    package var shifted: ShiftedFigures?
    /// How far the held-out texts themselves are from those that the model was made for.
    package var drift: DriftFigures?

    package init(
        slices: SliceFigures? = nil, perturbations: [PerturbationFigures] = [], shifted: ShiftedFigures? = nil,
        drift: DriftFigures? = nil
    ) {
        self.slices = slices
        self.perturbations = perturbations
        self.shifted = shifted
        self.drift = drift
    }
}

/// Parts of the held-out rows on which the student is worse than on the rest.
package struct SliceFigures: Codable, Hashable, Sendable {
    package struct Slice: Codable, Hashable, Sendable {
        /// What is looked at, and the part of it: "length", "1–4 words".
        package var by: String
        package var name: String
        package var rows: Int
        package var accuracy: Estimate
        package var restAccuracy: Double
        /// How likely so large a difference is by chance, after correction for all parts looked at.
        package var adjustedProbability: Double

        package init(
            by: String, name: String, rows: Int, accuracy: Estimate, restAccuracy: Double, adjustedProbability: Double
        ) {
            self.by = by
            self.name = name
            self.rows = rows
            self.accuracy = accuracy
            self.restAccuracy = restAccuracy
            self.adjustedProbability = adjustedProbability
        }
    }

    /// Number of parts looked at.
    package var examined: Int
    /// Adjusted probabilities below this count as found.
    package var level: Double
    /// Worst first; those that chance explains, too, up to some.
    package var slices: [Slice]

    package init(examined: Int, level: Double, slices: [Slice]) {
        self.examined = examined
        self.level = level
        self.slices = slices
    }
}

/// Accuracy on damaged copies of the held-out texts.
package struct PerturbationFigures: Codable, Hashable, Sendable {
    /// What was done to the texts, in words.
    package var name: String
    package var accuracy: Estimate
    /// Damaged minus whole.
    package var difference: Estimate
    /// Share of texts whose answer stayed the same.
    package var unchangedAnswers: Double
}

/// The student on data of another kind than it was made for.
package struct ShiftedFigures: Codable, Hashable, Sendable {
    /// The file, as the recipe names it.
    package var source: String
    package var rows: Int
    package var accuracy: Estimate
    package var macroF1: Double
    /// Of the rows that the cascade would let the student answer.
    package var coverage: Double?
    package var answeredAccuracy: Estimate?
    package var drift: DriftFigures
}

/// How far texts have moved away from those that the thresholds were fitted on. Needs no labels.
package struct DriftFigures: Codable, Hashable, Sendable {
    package enum Level: String, Codable, Sendable {
        /// Nothing beyond chance.
        case none
        case moderate
        case strong
    }

    package var rows: Int
    /// Population stability index of the student's confidence: 0.1 is moderate, 0.25 strong.
    package var scoreStability: Double
    /// Two-sample Kolmogorov–Smirnov statistic of the confidence, and its probability.
    package var scoreShift: Double
    package var scoreShiftProbability: Double
    /// Population stability index of the answered labels.
    package var labelStability: Double
    /// Share of the rows below the cascade's threshold, now and when it was fitted; nil without a cascade.
    package var belowThreshold: Double?
    package var belowThresholdWhenFitted: Double?
    /// Share of a text's n-grams that training never saw, on average, now and then; nil where the file does not know.
    package var newVocabulary: Double?
    package var newVocabularyWhenFitted: Double?
    package var level: Level
    /// What it means, in a sentence.
    package var sentence: String
}

/// The same recipe trained from several seeds.
package struct SeedFigures: Codable, Hashable, Sendable {
    package struct Run: Codable, Hashable, Sendable {
        package var name: String
        package var seed: Int
        package var accuracy: Double
        package var macroF1: Double
    }

    package var runs: [Run]
    /// Mean over seeds, with Student's interval.
    package var accuracy: Estimate
    package var accuracyDeviation: Double
    package var macroF1: Estimate
}

extension SeedFigures {
    /// Nil with fewer than two runs, which say nothing of chance.
    init?(_ runs: [Run], level: Double) {
        guard let accuracy = SeedSummary(runs.map(\.accuracy), level: level),
            let macroF1 = SeedSummary(runs.map(\.macroF1), level: level), let deviation = accuracy.standardDeviation
        else { return nil }
        self.init(
            runs: runs, accuracy: Estimate(accuracy.mean, accuracy.interval),
            accuracyDeviation: deviation, macroF1: Estimate(macroF1.mean, macroF1.interval))
    }
}

/// A held-out text that student and teacher answer differently.
package struct Disagreement: Codable, Hashable, Sendable {
    package var row: Int
    package var text: String
    package var expected: String
    package var student: String
    package var studentProbability: Double
    package var teacher: String
    package var teacherProbability: Double
}

/// Several figures of one kind with names, such as those of diversity.
package struct NamedFigure: Codable, Hashable, Sendable {
    package var name: String
    package var value: Double
    /// What the figure says, in a few words.
    package var meaning: String

    package init(_ name: String, _ value: Double, meaning: String) {
        self.name = name
        self.value = value
        self.meaning = meaning
    }
}
