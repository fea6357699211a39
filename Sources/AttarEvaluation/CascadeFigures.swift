/// The student answers what it is sure of, the teacher the rest: how far that goes, and what it costs.
package struct CascadeFigures: Codable, Hashable, Sendable {
    /// A point of the coverage–risk curve: what the student would answer from a threshold on.
    package struct Point: Codable, Hashable, Sendable {
        package var threshold: Double
        /// Share of the held-out rows that the student answers.
        package var coverage: Double
        /// Share of those that it answers as labelled.
        package var accuracy: Estimate
    }

    /// What the score of a row is, in words: "largest probability", "margin", "entropy".
    package var score: String
    /// The least share of right answers that is guaranteed among those that the student gives.
    package var target: Double
    /// How sure the guarantee is, 1 − δ.
    package var confidence: Double
    /// What is guaranteed: "gold accuracy" or "agreement with the teacher".
    package var guaranteed: String
    /// Whether the guarantee holds for each label by itself.
    package var isPerLabel: Bool
    /// Calibration rows that the thresholds were fitted on.
    package var fittedRows: Int
    /// The threshold of the score; nil where no threshold reaches the target, or where each label has its own.
    package var threshold: Double?
    /// Labels that the student never answers by itself, as their rows were too few or too hard.
    package var deferredLabels: [String]
    /// How texts unlike the training texts are recognised, in words; nil without a gate.
    package var gate: String?
    package var gateThreshold: Double?
    /// Share of the held-out rows that the gate alone holds back.
    package var heldBackByGate: Double?
    /// By falling threshold.
    package var curve: [Point]
    /// Share of the held-out rows that the student answers.
    package var coverage: Estimate
    package var answeredRows: Int
    /// Of the rows that the student answers. Nil where there are none.
    package var answeredAccuracy: Estimate?
    package var answeredAgreement: Estimate?
    /// Of the rows that go to the teacher. Nil where there are none.
    package var studentOnDeferred: Estimate?
    package var teacherOnDeferred: Estimate?
    /// Of student and teacher together; nil without the teacher's answers.
    package var accuracy: Estimate?
    /// Why the threshold should not be trusted on these rows; nil where nothing speaks against it.
    package var warning: String?
}

/// What a thousand queries take, by who answers them.
package struct ServingFigures: Codable, Hashable, Sendable {
    /// "student", "teacher" or "cascade".
    package var name: String
    package var costPerThousand: Double?
    /// Mean time of a query.
    package var latencyMicroseconds: Double?
    /// Mean energy of a query on this machine; nil where it is not measured.
    package var microjoules: Double?
    package var accuracy: Double?
}

/// From how many queries on it pays to have made the student.
package struct BreakEvenFigures: Codable, Hashable, Sendable {
    /// What the run paid for answers of the teacher, and for processor time.
    package var labellingCost: Double
    package var trainingCost: Double
    /// "student" or "cascade".
    package var system: String
    /// Queries from which on it is cheaper than the teacher; nil where it never is.
    package var queries: Double?
}
