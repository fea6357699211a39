import Foundation

/// The figures of one evaluation, as stored in report.json and drawn in report.html.
///
/// Shares and probabilities are in 0...1, sizes in bytes, times in microseconds, losses in nats.
package struct EvaluationReport: Codable, Hashable, Sendable {
    /// Goes up when a field changes its meaning or disappears; fields may be added without.
    package static let currentSchema = 1

    package var schema: Int
    package var verdict: Verdict
    package var recipe: RecipeFigures
    package var labels: [String]
    package var heldOutRows: Int
    package var options: EvaluationOptions
    /// The name of the system that the verdict, classes and confusions are about.
    package var subject: String
    package var systems: [SystemFigures]
    package var comparisons: [ComparisonFigures]
    package var teacherAgreement: AgreementFigures?
    package var deployment: DeploymentFigures?
    package var classes: [ClassFigures]
    /// True label × predicted label of the subject.
    package var confusion: [[Int]]
    package var reliability: [ReliabilityFigures]
    package var data: DataFigures?
    package var learningCurve: LearningCurveFigures?
    package var rounds: RoundsFigures?
    package var quantization: [QuantizationFigures]
    package var spending: SpendingFigures?
    package var cost: CostFigures?
    package var cascade: CascadeFigures?
    /// What the student would answer, and how well, from a threshold of its confidence on; where there is no cascade.
    package var coverageCurve: [CascadeFigures.Point]?
    package var stress: StressFigures?
    package var seeds: SeedFigures?
    package var provenance: ProvenanceFigures
    package var notes: [String]
    package var examples: [ErrorExample]
    package var disagreements: [Disagreement]?

    /// The figures of the system that the report is about.
    package var subjectFigures: SystemFigures? { systems.first { $0.name == subject } }

    package func system(_ role: SystemRole) -> SystemFigures? { systems.first { $0.role == role } }

    /// The pairs that most readers look for: the subject with each other system, and the quantized student with the float one.
    var mainComparisons: [ComparisonFigures] {
        let step = (system(.quantizedStudent)?.name, system(.floatStudent)?.name)
        return comparisons.filter { $0.first == subject || ($0.first == step.0 && $0.second == step.1) }
    }
}

extension EvaluationReport {
    /// The content of report.json: keys sorted, so that equal reports are equal files.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads a report.json. Throws when it is none, or one of another schema.
    package init(json: Data) throws(EvaluationError) {
        struct Header: Decodable { let schema: Int }
        do {
            let header = try JSONDecoder().decode(Header.self, from: json)
            guard header.schema == Self.currentSchema else {
                throw EvaluationError.unknownSchema(found: header.schema, known: Self.currentSchema)
            }
            self = try JSONDecoder().decode(EvaluationReport.self, from: json)
        } catch let error as EvaluationError {
            throw error
        } catch let error as DecodingError {
            throw .unreadableReport(detail: error.place)
        } catch {
            throw .unreadableReport(detail: "\(error)")
        }
    }
}

extension DecodingError {
    /// What is wrong, and where.
    fileprivate var place: String {
        let (context, problem): (Context, String) =
            switch self {
            case .keyNotFound(let key, let context): (context, "key \(key.stringValue) is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, context.debugDescription)
            @unknown default: (Context(codingPath: [], debugDescription: ""), "\(self)")
            }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return path.isEmpty ? problem : "at \(path.drop { $0 == "." }): \(problem)"
    }
}
