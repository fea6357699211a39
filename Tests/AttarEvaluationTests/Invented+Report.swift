import AttarEvaluation
import Foundation

extension Invented {
    /// A report in which every field is filled.
    static func report(rows: Int = 1_100, labels: [String] = ["a", "b", "c"], skill: Double = 3) throws
        -> EvaluationReport
    {
        var input = full(rows: rows, labels: labels, studentSkill: skill)
        input.options.bootstrapDraws = 50
        input.data?.contaminated = 3
        input.data?.diversity = [
            NamedFigure("Distinct word pairs", 0.71, meaning: "share of word pairs that occur once"),
            NamedFigure("Nearest neighbour", 0.34, meaning: "mean likeness of a text to the text most like it, 0 to 1"),
        ]
        input.provenance.heldOutOpeningsOfRecipe = 1
        var report = try evaluate(input)
        report.coverageCurve = nil
        report.cascade = try cascade(rows: rows, label: labels.last ?? "")
        report.cost?.serving = try decoded([
            [
                "name": "student", "costPerThousand": 0.0001, "latencyMicroseconds": 9.3, "microjoules": 120.0,
                "accuracy": 0.884,
            ],
            [
                "name": "teacher", "costPerThousand": 0.032, "latencyMicroseconds": 412_000.0, "microjoules": 9.1e6,
                "accuracy": 0.941,
            ],
            [
                "name": "cascade", "costPerThousand": 0.0055, "latencyMicroseconds": 70_100.0, "microjoules": 1.6e6,
                "accuracy": 0.936,
            ],
        ])
        report.cost?.breakEven = try decoded([
            ["labellingCost": 0.1426, "trainingCost": 0.004, "system": "student", "queries": 4_595.0],
            ["labellingCost": 0.1426, "trainingCost": 0.004, "system": "cascade", "queries": 5_532.0],
        ])
        report.rounds = try decoded([
            "judges": 109, "hasRightLabels": false, "end": "the next round costs more than it is likely to bring",
            "points": [
                ["asked": 209, "trained": 100, "cost": 0.031, "accuracy": share(0.66, of: 109)],
                ["asked": 309, "trained": 199, "cost": 0.046, "accuracy": share(0.73, of: 109)],
                ["asked": 409, "trained": 298, "cost": 0.061, "accuracy": share(0.79, of: 109)],
                [
                    "asked": 509, "trained": 396, "cost": 0.076, "accuracy": share(0.81, of: 109),
                    "gain": ["value": 0.012, "lower": 0.001, "upper": 0.031], "nextCost": 0.015,
                ],
            ],
        ])
        report.stress = StressFigures(
            slices: slices(rows: rows), perturbations: try decoded(perturbations), shifted: try decoded(shifted),
            drift: try decoded(drift))
        report.seeds = try decoded(seeds)
        report.disagreements = try decoded(disagreements(labels: labels))
        for index in report.systems.indices {
            let accuracy = report.systems[index].accuracy.value
            report.systems[index].macroPrecision = Estimate(accuracy)
            report.systems[index].macroRecall = Estimate(accuracy)
            report.systems[index].top = try decoded([
                ["count": 2, "accuracy": share((1 + accuracy) / 2, of: rows)],
                ["count": 3, "accuracy": share((3 + accuracy) / 4, of: rows)],
            ])
            report.systems[index].rocArea = Estimate((1 + accuracy) / 2)
            report.systems[index].averagePrecision = Estimate(accuracy)
            report.systems[index].meanCost = Estimate(1.5 * (1 - accuracy))
        }
        report.verdict = Verdict(of: report)
        report.notes = report.limits + input.notes
        return report
    }

    /// A student that is right less often the more it answers.
    static func cascade(rows: Int, label: String) throws -> CascadeFigures {
        let curve = (1...50).map { step -> [String: Any] in
            let coverage = Double(step) / 50
            return [
                "threshold": 1 - 0.65 * coverage * coverage, "coverage": coverage,
                "accuracy": share(1 - 0.116 * pow(coverage, 5), of: Int(coverage * Double(rows))),
            ]
        }
        return try decoded([
            "score": "largest probability", "target": 0.95, "confidence": 0.95, "guaranteed": "gold accuracy",
            "isPerLabel": false, "fittedRows": 412, "threshold": 0.55, "deferredLabels": [label],
            "gate": "distance of their words from those of the training texts", "gateThreshold": 3.21,
            "heldBackByGate": 0.021,
            "curve": curve, "coverage": share(0.83, of: rows), "answeredRows": Int(0.83 * Double(rows)),
            "answeredAccuracy": share(0.961, of: Int(0.83 * Double(rows))),
            "answeredAgreement": share(0.968, of: Int(0.83 * Double(rows))),
            "studentOnDeferred": share(0.524, of: Int(0.17 * Double(rows))),
            "teacherOnDeferred": share(0.812, of: Int(0.17 * Double(rows))), "accuracy": share(0.936, of: rows),
        ])
    }

    private static func slices(rows: Int) -> SliceFigures {
        let part = rows / 10
        return SliceFigures(
            examined: 24, level: 0.05,
            slices: [
                .init(
                    by: "length", name: "1–4 words", rows: part,
                    accuracy: Estimate(part * 7 / 10, of: part, level: 0.95),
                    restAccuracy: 0.905, adjustedProbability: 0.0002),
                .init(
                    by: "source", name: "letters of May", rows: part,
                    accuracy: Estimate(part * 8 / 10, of: part, level: 0.95),
                    restAccuracy: 0.893, adjustedProbability: 0.21),
            ])
    }

    private static var perturbations: [[String: Any]] {
        [
            [
                "name": "a typing error in every fifth word", "accuracy": share(0.861, of: 1_100),
                "unchangedAnswers": 0.93,
                "difference": ["value": -0.023, "lower": -0.034, "upper": -0.012],
            ],
            [
                "name": "all in capitals", "accuracy": share(0.884, of: 1_100), "unchangedAnswers": 1.0,
                "difference": ["value": 0.0, "lower": 0.0, "upper": 0.0],
            ],
            [
                "name": "first half only", "accuracy": share(0.79, of: 1_100), "unchangedAnswers": 0.84,
                "difference": ["value": -0.094, "lower": -0.114, "upper": -0.074],
            ],
        ]
    }

    private static var shifted: [String: Any] {
        [
            "source": "letters-from-abroad.csv", "rows": 480, "accuracy": share(0.802, of: 480), "macroF1": 0.781,
            "coverage": 0.64,
            "answeredAccuracy": share(0.931, of: 307),
            "drift": [
                "rows": 480, "scoreStability": 0.182, "scoreShift": 0.14, "scoreShiftProbability": 0.00002,
                "labelStability": 0.06,
                "belowThreshold": 0.36, "belowThresholdWhenFitted": 0.17, "newVocabulary": 0.12,
                "newVocabularyWhenFitted": 0.04,
                "level": "moderate",
                "sentence":
                    "These texts differ from those the threshold was fitted on: look at some before trusting it.",
            ],
        ]
    }

    private static var drift: [String: Any] {
        [
            "rows": 1_100, "scoreStability": 0.012, "scoreShift": 0.03, "scoreShiftProbability": 0.61,
            "labelStability": 0.004, "belowThreshold": 0.17, "belowThresholdWhenFitted": 0.17, "newVocabulary": 0.05,
            "newVocabularyWhenFitted": 0.04, "level": "none",
            "sentence": "The texts look like those that the model was made for, as far as 1,100 of them can tell.",
        ]
    }

    private static var seeds: [String: Any] {
        [
            "runs": (1...3).map { seed in
                [
                    "name": "garden-letters/seed-\(seed)", "seed": seed, "accuracy": 0.88 + 0.002 * Double(seed),
                    "macroF1": 0.87,
                ]
            },
            "accuracy": ["value": 0.884, "lower": 0.879, "upper": 0.889], "accuracyDeviation": 0.002,
            "macroF1": ["value": 0.87, "lower": 0.866, "upper": 0.874],
        ]
    }

    private static func disagreements(labels: [String]) -> [[String: Any]] {
        let (first, last) = (labels.first ?? "", labels.last ?? "")
        return [
            [
                "row": 17, "text": "My tomatoes turned yellow after the rain.", "expected": first, "student": last,
                "studentProbability": 0.62, "teacher": first, "teacherProbability": 0.88,
            ],
            [
                "row": 204, "text": "Thanks for nothing, the roses are gone.", "expected": first, "student": first,
                "studentProbability": 0.91, "teacher": last, "teacherProbability": 0.55,
            ],
            [
                "row": 377, "text": "Do you sell seeds, or only plants?", "expected": labels[labels.count / 2],
                "student": last,
                "studentProbability": 0.48, "teacher": first, "teacherProbability": 0.51,
            ],
        ]
    }

    private static func share(_ value: Double, of rows: Int) -> [String: Any] {
        let estimate = Estimate(Int((value * Double(rows)).rounded()), of: rows, level: 0.95)
        return ["value": estimate.value, "lower": estimate.lower ?? 0, "upper": estimate.upper ?? 1]
    }

    static func decoded<Value: Decodable>(_ object: Any) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONSerialization.data(withJSONObject: object))
    }
}
