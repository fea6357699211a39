// Figures that a run hands over and the report repeats.

/// Which recipe ran.
package struct RecipeFigures: Codable, Hashable, Sendable {
    package var name: String
    package var task: String
    package var description: String?

    package init(name: String, task: String, description: String? = nil) {
        self.name = name
        self.task = task
        self.description = description
    }
}

/// A number of rows with a name.
package struct NamedCount: Codable, Hashable, Sendable {
    package var name: String
    package var rows: Int

    package init(_ name: String, _ rows: Int) {
        self.name = name
        self.rows = rows
    }
}

/// The way of the data: where rows came from, why some were dropped, how the others were split.
package struct DataFigures: Codable, Hashable, Sendable {
    /// Rows by source: generated, labelled, unlabelled.
    package var sources: [NamedCount]
    /// Rows dropped, by reason.
    package var dropped: [NamedCount]
    package var kept: Int
    /// Rows kept, by part: train, validation, calibration.
    package var splits: [NamedCount]
    /// Rows dropped because the held-out fingerprint knew them; nil if that was not looked at.
    package var contaminated: Int?
    /// How varied generated texts are.
    package var diversity: [NamedFigure]?

    package init(
        sources: [NamedCount], dropped: [NamedCount], kept: Int, splits: [NamedCount], contaminated: Int? = nil
    ) {
        self.sources = sources
        self.dropped = dropped
        self.kept = kept
        self.splits = splits
        self.contaminated = contaminated
    }
}

/// What storing the student in one format costs.
package struct QuantizationFigures: Codable, Hashable, Sendable {
    package var format: String
    package var bytes: Int
    /// Mean squared difference between stored and float weights.
    package var meanSquaredError: Double?
    /// How the range of values was chosen.
    package var clip: String?
    package var validationAccuracy: Double?
    package var isChosen: Bool

    package init(
        format: String, bytes: Int, meanSquaredError: Double? = nil, clip: String? = nil,
        validationAccuracy: Double? = nil, isChosen: Bool = false
    ) {
        self.format = format
        self.bytes = bytes
        self.meanSquaredError = meanSquaredError
        self.clip = clip
        self.validationAccuracy = validationAccuracy
        self.isChosen = isChosen
    }
}

/// What was asked of the teacher, and what it cost.
package struct SpendingFigures: Codable, Hashable, Sendable {
    package struct Purpose: Codable, Hashable, Sendable {
        package var name: String
        package var requests: Int
        package var inputTokens: Int
        package var outputTokens: Int

        package init(name: String, requests: Int, inputTokens: Int, outputTokens: Int) {
            self.name = name
            self.requests = requests
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }
    }

    package var teacher: String
    /// Requests paid for in this run, by purpose.
    package var purposes: [Purpose]
    /// Requests answered from the ledger, at no cost.
    package var reusedRequests: Int
    package var cost: Double?
    package var currency: String

    package init(
        teacher: String, purposes: [Purpose], reusedRequests: Int, cost: Double? = nil, currency: String = "USD"
    ) {
        self.teacher = teacher
        self.purposes = purposes
        self.reusedRequests = reusedRequests
        self.cost = cost
        self.currency = currency
    }
}

/// What the figures rest on.
package struct ProvenanceFigures: Codable, Hashable, Sendable {
    package struct Entry: Codable, Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package struct Licence: Codable, Hashable, Sendable {
        package var name: String
        package var licence: String
        package var source: String?

        package init(name: String, licence: String, source: String? = nil) {
            self.name = name
            self.licence = licence
            self.source = source
        }
    }

    package var recipeHash: String?
    package var datasetHash: String?
    package var heldOutHash: String?
    /// SHA-256 of the model file.
    package var modelHash: String?
    package var seeds: [Entry]
    package var versions: [Entry]
    package var licences: [Licence]
    /// The machine that latencies were measured on.
    package var machine: String?
    /// How often the held-out data has been opened, this time included.
    package var heldOutOpenings: Int?
    /// Those of them since the recipe last changed.
    package var heldOutOpeningsOfRecipe: Int?

    package init(
        recipeHash: String? = nil, datasetHash: String? = nil, heldOutHash: String? = nil, modelHash: String? = nil,
        seeds: [Entry] = [], versions: [Entry] = [], licences: [Licence] = [], machine: String? = nil,
        heldOutOpenings: Int? = nil
    ) {
        self.recipeHash = recipeHash
        self.datasetHash = datasetHash
        self.heldOutHash = heldOutHash
        self.modelHash = modelHash
        self.seeds = seeds
        self.versions = versions
        self.licences = licences
        self.machine = machine
        self.heldOutOpenings = heldOutOpenings
    }
}
