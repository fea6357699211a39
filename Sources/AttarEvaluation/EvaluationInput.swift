import AttarStatistics

/// All that an evaluation needs: held-out gold labels, every system's answers to the same rows, and the story of the run.
package struct EvaluationInput: Sendable {
    package var recipe: RecipeFigures
    package var labels: [String]
    /// The true label of each held-out row, an index into `labels`.
    package var gold: [Int]
    /// The held-out texts, used for error examples only (see ``EvaluationOptions/exampleLimit``).
    package var texts: [String]?
    /// Rows of each label in the training data; the baseline always answers the most frequent one.
    /// Without them it is the most frequent held-out label.
    package var trainingLabelCounts: [Int]?
    package var systems: [EvaluatedSystem]
    package var data: DataFigures?
    package var learningCurve: LearningCurveInput?
    package var rounds: RoundsFigures?
    package var quantization: [QuantizationFigures]
    package var spending: SpendingFigures?
    package var queryCost: QueryCostInput?
    package var fixedCosts: FixedCosts?
    /// What an answer costs: right label × answered label.
    package var costs: [[Double]]?
    package var cascade: CascadeInput?
    package var stress: StressFigures?
    /// The recipe from several seeds; more than one, or none.
    package var seedRuns: [SeedFigures.Run] = []
    package var provenance: ProvenanceFigures
    /// Limits and negative results to be told; those that the figures themselves show are added.
    package var notes: [String]
    package var options: EvaluationOptions

    package init(
        recipe: RecipeFigures, labels: [String] = [], gold: [Int] = [], texts: [String]? = nil,
        trainingLabelCounts: [Int]? = nil, systems: [EvaluatedSystem], data: DataFigures? = nil,
        learningCurve: LearningCurveInput? = nil, quantization: [QuantizationFigures] = [],
        spending: SpendingFigures? = nil, queryCost: QueryCostInput? = nil,
        provenance: ProvenanceFigures = ProvenanceFigures(), notes: [String] = [],
        options: EvaluationOptions = EvaluationOptions()
    ) {
        self.recipe = recipe
        self.labels = labels
        self.gold = gold
        self.texts = texts
        self.trainingLabelCounts = trainingLabelCounts
        self.systems = systems
        self.data = data
        self.learningCurve = learningCurve
        self.quantization = quantization
        self.spending = spending
        self.queryCost = queryCost
        self.provenance = provenance
        self.notes = notes
        self.options = options
    }
}

/// One system that answered the held-out rows.
package struct EvaluatedSystem: Sendable {
    package var name: String
    package var role: SystemRole
    /// Rows × labels, row-major; a row without an answer is all NaN.
    package var probabilities: [Float]
    /// Size of what has to be stored to run the system; nil when unknown (a remote teacher).
    package var sizeBytes: Int?
    package var latency: LatencyFigures?

    package init(
        name: String, role: SystemRole, probabilities: [Float], sizeBytes: Int? = nil, latency: LatencyFigures? = nil
    ) {
        self.name = name
        self.role = role
        self.probabilities = probabilities
        self.sizeBytes = sizeBytes
        self.latency = latency
    }
}

/// What a system is in the comparison.
package enum SystemRole: String, Codable, Sendable {
    case majority, teacher, floatStudent, quantizedStudent, deployedFile, other

    /// Whether the system is a stage of the student.
    package var isStudent: Bool {
        switch self {
        case .floatStudent, .quantizedStudent, .deployedFile: true
        case .majority, .teacher, .other: false
        }
    }
}

/// Accuracy of students trained on growing parts of the data.
package struct LearningCurveInput: Sendable {
    package struct Point: Sendable {
        /// Rows trained on.
        package var rows: Int
        /// Rows judged, and how many of them were right.
        package var judged: Int
        package var correct: Int

        package init(rows: Int, judged: Int, correct: Int) {
            self.rows = rows
            self.judged = judged
            self.correct = correct
        }
    }

    /// The part of the data that judged: "validation" or "held-out".
    package var part: String
    package var points: [Point]

    package init(part: String, points: [Point]) {
        self.part = part
        self.points = points
    }
}

/// What the teacher's answers to the held-out rows took, and prices.
package struct QueryCostInput: Sendable {
    package var queries: Int
    package var inputTokens: Int
    package var outputTokens: Int
    package var pricePerMillionInputTokens: Double?
    package var pricePerMillionOutputTokens: Double?
    /// Price of one processor core for an hour, for the student.
    package var corePricePerHour: Double?
    /// An ISO 4217 code.
    package var currency: String
    /// Mean time of an answer of the teacher, where it was measured.
    package var teacherMicroseconds: Double?
    /// Energy of a prediction of the student on this machine, where it was measured.
    package var studentMicrojoules: Double?

    package init(
        queries: Int, inputTokens: Int, outputTokens: Int, pricePerMillionInputTokens: Double? = nil,
        pricePerMillionOutputTokens: Double? = nil, corePricePerHour: Double? = nil, currency: String = "USD"
    ) {
        self.queries = queries
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.pricePerMillionInputTokens = pricePerMillionInputTokens
        self.pricePerMillionOutputTokens = pricePerMillionOutputTokens
        self.corePricePerHour = corePricePerHour
        self.currency = currency
    }
}

/// How figures are computed. Stored in the report.
package struct EvaluationOptions: Codable, Hashable, Sendable {
    /// Bootstrap draws behind each interval that has no formula.
    package var bootstrapDraws: Int
    package var resampling: Resampling
    package var seed: UInt64
    /// How often intervals hold the true figure.
    package var intervalLevel: Double
    package var calibrationBins: Int
    /// How many wrongly answered texts the report may quote; 0 keeps user text out of it.
    package var exampleLimit: Int

    package init(
        bootstrapDraws: Int = 1000, resampling: Resampling = .rows, seed: UInt64 = 1, intervalLevel: Double = 0.95,
        calibrationBins: Int = 15, exampleLimit: Int = 0
    ) {
        self.bootstrapDraws = bootstrapDraws
        self.resampling = resampling
        self.seed = seed
        self.intervalLevel = intervalLevel
        self.calibrationBins = calibrationBins
        self.exampleLimit = exampleLimit
    }
}
