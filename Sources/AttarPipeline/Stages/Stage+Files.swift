extension Stage {
    /// Texts as the user's files have them, with right labels where there are any.
    static let textsFile = "stages/texts.h5"
    /// What later stages may know of the held-out texts.
    static let fingerprintFile = "stages/fingerprint.json"
    /// Texts that the teacher wrote.
    static let generatedFile = "stages/generated.h5"
    /// All texts, with the teacher's probabilities.
    static let answersFile = "stages/answers.h5"
    /// What each round came to, where the recipe has rounds.
    static let roundsFile = "stages/rounds.json"
    /// How much the teacher leans towards each label.
    static let priorFile = "stages/prior.json"
    /// Rows that were left out because the held-out fingerprint knows them, by id and with the reason.
    static let contaminatedFile = "stages/contaminated.json"
    /// How different the generated texts are; null without any.
    static let diversityFile = "stages/diversity.json"
    /// What the student learns from.
    static let datasetFile = "dataset.h5"

    /// The name of the count of rows that were left out because the held-out fingerprint knows them.
    static let contaminatedCount = "dropped: known to the held-out fingerprint"
}
