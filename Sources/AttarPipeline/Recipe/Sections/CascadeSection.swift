/// When the small model answers by itself, and what is guaranteed of its answers.
package struct CascadeSection: RecipeSection {
    package enum Score: String, CaseIterable, Sendable {
        /// The one that tells right from wrong answers best on the rows that probabilities are calibrated on.
        case automatic
        case probability, margin, entropy
    }

    package enum Guarantee: String, CaseIterable, Sendable {
        case overall
        case perLabel = "per-label"
    }

    package enum Standard: String, CaseIterable, Sendable {
        /// Right labels where `data.labelled` has them, else the teacher's.
        case automatic
        case gold, teacher
    }

    package let target: Double
    package let confidence: Double
    package let score: Score
    package let guarantee: Guarantee
    package let against: Standard
    package let gate: Double
    package let thresholdShare: Double

    package init(_ keys: inout KeyReader) {
        target = keys.value(
            "target", .number(0.5...0.9999), default: 0.95,
            "The share of the small model's own answers that is to be right, at least. Texts on which that cannot be shown go to the large one."
        )
        confidence = keys.value(
            "confidence", .number(0.5...0.9999), default: 0.95,
            "How sure that is: the chance, over the choice of calibration rows, that the target is held.")
        score = keys.value(
            "score", .choice(), default: .automatic,
            "How sure an answer is: probability of the likeliest label, its margin over the second, or entropy. automatic: whichever tells right from wrong best."
        )
        guarantee = keys.value(
            "guarantee", .choice(), default: .overall,
            "overall: for all answers together. per-label: for the answers of each label that has rows enough, and of all others together."
        )
        against = keys.value(
            "against", .choice(), default: .automatic,
            "What is right: gold labels, or what the teacher says. automatic: gold labels where `data.labelled` has them."
        )
        gate = keys.value(
            "gate", .number(0...0.5), default: 0.01,
            "Texts less familiar than this share of the calibration rows are never answered: they may be of another domain. 0 for no gate."
        )
        thresholdShare = keys.value(
            "threshold-share", .number(0.1...0.9), default: 0.5,
            "The part of the calibration rows that thresholds are fitted on; the rest calibrates probabilities. The guarantee wants them apart."
        )
    }
}
