import Foundation

/// Figures of NumPy, SciPy and scikit-learn, written by Goldens/make_goldens.py.
struct Goldens: Decodable, Sendable {
    let classification: [ClassificationGolden]
    let proportions: [ProportionGolden]
    let normalQuantiles: [[Double]]
    let logGammas: [[Double]]
    let incompleteBetas: [[Double]]
    let quantiles: [QuantileGolden]
    let mcNemar: [[Double]]
    let studentQuantiles: [[Double]]
    let seeds: [SeedGolden]
    let binomials: [[Double]]
    let fisher: [[Double]]
    let gammas: [[Double]]
    let kolmogorov: [[Double]]
    let twoSamples: [TwoSampleGolden]
    let labelShifts: [LabelShiftGolden]
    let curves: [CurveGolden]

    static func load() throws -> Goldens {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/goldens.json")
        return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
    }
}

struct ClassificationGolden: Decodable, Sendable {
    let name: String
    let classes: Int
    let truth: [Int]
    let predicted: [Int]
    /// In units of 1/64 and 1/32768.
    private let logits: [Int]
    private let probabilities: [Int]
    let confusion: [Int]
    let precision: [Double]
    let recall: [Double]
    let f1: [Double]
    let support: [Int]
    let averages: [String: Double]
    let topAccuracies: [Double]
    let roc: AreaGolden
    let precisionRecall: AreaGolden
    let meanCost: Double
    let leastCostLabels: [Int]
    let expectedCost: Double
    let logLoss: Double
    let brier: Double
    let calibrationError: Double
    let binRows: [Int]
    let divergence: Double
    let temperature: Double

    var logitValues: [Float] { logits.map { Float($0) / 64 } }
    var probabilityValues: [Float] { probabilities.map { Float($0) / 32768 } }
}

struct AreaGolden: Decodable, Sendable {
    let classes: [Double?]
    let macro: Double?
    let weighted: Double?
}

struct CurveGolden: Decodable, Sendable {
    let name: String
    let thresholds: [Int]
    let falsePositiveRates: [Double]
    let truePositiveRates: [Double]
    let precisions: [Double]
    let recalls: [Double]
}

struct SeedGolden: Decodable, Sendable {
    let values: [Double]
    let mean: Double
    let deviation: Double
    let interval: [Double]
}

struct TwoSampleGolden: Decodable, Sendable {
    let one: [Double]
    let other: [Double]
    let statistic: Double
    let probability: Double
}

struct LabelShiftGolden: Decodable, Sendable {
    let one: [Int]
    let other: [Int]
    let chiSquare: Double
    let probability: Double
    let totalVariation: Double
    let stability: Double
}

struct ProportionGolden: Decodable, Sendable {
    let successes: Int
    let trials: Int
    let level: Double
    let wilson: [Double]
    let exact: [Double]
}

struct QuantileGolden: Decodable, Sendable {
    let values: [Double]
    let probability: Double
    let expected: Double

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        values = try container.decode([Double].self)
        probability = try container.decode(Double.self)
        expected = try container.decode(Double.self)
    }
}

/// Whether two figures are equal but for rounding: within `tolerance` of the larger, or of 1 if that is larger.
func isClose(_ one: Double, _ other: Double, tolerance: Double = 1e-12) -> Bool {
    abs(one - other) <= tolerance * max(1, abs(one), abs(other))
}

/// Whether two figures are equal in relation to their size, however small they are.
func isRelativelyClose(_ one: Double, _ other: Double, tolerance: Double) -> Bool {
    one == other || abs(one - other) <= tolerance * max(abs(one), abs(other))
}

/// Whether both are figures that are equal but for rounding, or neither is.
func isClose(_ one: Double?, _ other: Double?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return isClose(one, other, tolerance: 1e-12)
}
