import AttarEvaluation
import AttarStatistics
import Foundation

/// Evaluations of invented systems on invented rows.
enum Invented {
    /// Rows whose probabilities lean towards the truth by `skill`, or towards a neighbouring label.
    static func probabilities(gold: [Int], labelCount: Int, skill: Double, seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return gold.flatMap { truth -> [Float] in
            var logits = (0..<labelCount).map { _ in 0.8 * generator.normal() }
            logits[truth] += skill
            if generator.uniform() < 0.15 { logits[(truth + 1) % labelCount] += skill }
            let weights = logits.map { exp($0) }
            let sum = weights.reduce(0, +)
            return weights.map { Float($0 / sum) }
        }
    }

    /// Rows answered with certainty.
    static func certain(_ predictions: [Int], labelCount: Int) -> [Float] {
        predictions.flatMap { predicted in (0..<labelCount).map { $0 == predicted ? 1 : 0 } }
    }

    static func gold(rows: Int, labelCount: Int, seed: UInt64) -> [Int] {
        var generator = SplitMix64(seed: seed)
        return (0..<rows).map { _ in generator.below(labelCount) }
    }

    /// Only a student, which is enough.
    static func small(gold: [Int], labelCount: Int, probabilities: [Float]) -> EvaluationInput {
        EvaluationInput(
            recipe: RecipeFigures(name: "invented", task: "text-classification"),
            labels: (0..<labelCount).map { "label \($0)" }, gold: gold,
            systems: [EvaluatedSystem(name: "student", role: .deployedFile, probabilities: probabilities)],
            options: EvaluationOptions(bootstrapDraws: 100))
    }

    /// All that a report can hold.
    static func full(rows: Int, labels: [String], seed: UInt64 = 7, studentSkill: Double = 3) -> EvaluationInput {
        let count = labels.count
        let gold = gold(rows: rows, labelCount: count, seed: seed)
        let float = probabilities(gold: gold, labelCount: count, skill: studentSkill, seed: seed &+ 1)
        var generator = SplitMix64(seed: seed &+ 2)
        let quantized = perturbed(float, labelCount: count, by: 0.05, using: &generator)
        let teacher = probabilities(gold: gold, labelCount: count, skill: studentSkill + 0.7, seed: seed &+ 3)
        let texts = gold.enumerated().map { row, label in
            "Invented message \(row + 1) about \(labels[label]), with enough words to fill more than one line on a phone."
        }
        return EvaluationInput(
            recipe: RecipeFigures(name: "garden-letters", task: "text-classification", description: "Invented."),
            labels: labels, gold: gold, texts: texts, trainingLabelCounts: labels.indices.map { 40 + $0 },
            systems: [
                EvaluatedSystem(
                    name: "Rose-135M", role: .teacher, probabilities: teacher, sizeBytes: 271_000_000,
                    latency: LatencyFigures(samples: rows, p50Microseconds: 412_000, p99Microseconds: 633_000)),
                EvaluatedSystem(
                    name: "Student, float", role: .floatStudent, probabilities: float, sizeBytes: 2_130_000,
                    latency: LatencyFigures(
                        samples: 2_000, p50Microseconds: 9.4, p99Microseconds: 15.2, throughputPerSecond: 104_000)),
                EvaluatedSystem(
                    name: "Student, int8", role: .quantizedStudent, probabilities: quantized, sizeBytes: 548_000,
                    latency: LatencyFigures(
                        samples: 2_000, p50Microseconds: 9.1, p99Microseconds: 14.8, throughputPerSecond: 108_000)),
                EvaluatedSystem(
                    name: "Model file", role: .deployedFile, probabilities: quantized, sizeBytes: 548_000,
                    latency: LatencyFigures(
                        samples: 2_000, p50Microseconds: 9.1, p99Microseconds: 14.9, throughputPerSecond: 107_000)),
            ],
            data: DataFigures(
                sources: [NamedCount("generated", 1_200), NamedCount("labelled", 150)],
                dropped: [
                    NamedCount("teacher disagreed", 196), NamedCount("near copies", 58),
                    NamedCount("in the held-out data", 3), NamedCount("empty", 0),
                ], kept: 1_093,
                splits: [NamedCount("train", 875), NamedCount("validation", 109), NamedCount("calibration", 109)],
                contaminated: 3),
            learningCurve: LearningCurveInput(
                part: "validation",
                points: [
                    .init(rows: 55, judged: 109, correct: 61), .init(rows: 109, judged: 109, correct: 72),
                    .init(rows: 219, judged: 109, correct: 80), .init(rows: 437, judged: 109, correct: 86),
                    .init(rows: 875, judged: 109, correct: 89),
                ]),
            quantization: [
                QuantizationFigures(
                    format: "float32", bytes: 2_130_000, meanSquaredError: 0, validationAccuracy: 0.817),
                QuantizationFigures(
                    format: "int8", bytes: 548_000, meanSquaredError: 3.1e-6, clip: "mse", validationAccuracy: 0.817,
                    isChosen: true),
                QuantizationFigures(
                    format: "int4", bytes: 289_000, meanSquaredError: 8.4e-4, clip: "mse", validationAccuracy: 0.798),
            ],
            spending: SpendingFigures(
                teacher: "Rose-135M",
                purposes: [
                    .init(name: "writing texts", requests: 1_200, inputTokens: 182_400, outputTokens: 61_900),
                    .init(name: "labelling", requests: 2_400, inputTokens: 501_300, outputTokens: 2_400),
                    .init(name: "evaluation", requests: rows, inputTokens: rows * 209, outputTokens: rows),
                ], reusedRequests: 3_600, cost: 0.1426),
            queryCost: QueryCostInput(
                queries: rows, inputTokens: rows * 209, outputTokens: rows, pricePerMillionInputTokens: 0.15,
                pricePerMillionOutputTokens: 0.6, corePricePerHour: 0.04),
            provenance: ProvenanceFigures(
                recipeHash: String(repeating: "3f", count: 32), datasetHash: String(repeating: "a7", count: 32),
                heldOutHash: String(repeating: "0c", count: 32), modelHash: String(repeating: "9b", count: 32),
                seeds: [.init("training", "1"), .init("split", "1")],
                versions: [.init("attar", "0.1.0"), .init("Swift", "6.3")],
                licences: [.init(name: "garden-letters", licence: "CC0-1.0", source: "written for this example")],
                machine: "x86-64, AVX2, 2 cores", heldOutOpenings: 2),
            notes: ["A hidden layer did not help: validation accuracy 80.7 % against 81.7 % without."],
            options: EvaluationOptions(bootstrapDraws: 400, exampleLimit: 5))
    }

    private static func perturbed(
        _ probabilities: [Float], labelCount: Int, by scale: Double, using generator: inout SplitMix64
    ) -> [Float] {
        stride(from: 0, to: probabilities.count, by: labelCount).flatMap { start -> [Float] in
            let weights = probabilities[start..<start + labelCount].map {
                Double($0) * exp(scale * generator.normal())
            }
            let sum = weights.reduce(0, +)
            return weights.map { Float($0 / sum) }
        }
    }
}
