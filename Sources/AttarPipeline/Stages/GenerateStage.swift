import AttarData
import AttarTeacher
import Foundation

extension Stage {
    /// The teacher writes texts, one a call → generated.h5.
    static func generate() -> Stage {
        let keys = [
            "texts", "instruction", "text-heading", "label-heading", "examples", "attributes", "openings",
            "temperature",
            "max-tokens",
            "stop", "least-characters", "seed",
        ]
        return Stage(
            .generate,
            reads: ["labels", "teacher.model", "teacher.prompt-form", "teacher.sends-seed"]
                + keys.map { "synthesis." + $0 },
            from: [.data], makes: [generatedFile]
        ) { context in
            let recipe = context.recipe.recipe
            guard let session = TeacherSession(context), let synthesis = recipe.synthesis else { return StageReport() }
            let labels = try DatasetFile.read(context.file(textsFile)).labels
            // What would stop the next stage is to stop this one, before anything is paid for.
            let labelling = recipe.labelTask(labels: labels)
            let plan = try LabelPlan(labelling)
            let task = recipe.generationTask(synthesis, labels: labels)
            let requests = try task.requests(count: synthesis.texts)
            let (texts, spending) = try await session.run(
                asks: labelling.method != nil && plan.method.needsLogprobs
                    ? .labels(needsLogprobs: true) : .texts
            ) { teacher, _ in
                try await teacher.generate(requests, task: task, progress: session.progress)
            }
            let rows = texts.compactMap { generated in
                generated.text.map { TextRow(text: $0, source: .generated, intended: generated.request.label) }
            }
            try DatasetFile.write(TextDataset(labels: labels, rows: rows), to: context.file(generatedFile))
            return report(texts, spending)
        }
    }

    private static func report(_ texts: [GeneratedText], _ spending: Spending) -> StageReport {
        var report = StageReport()
        report.count("texts asked for", texts.count)
        for rejection in GeneratedText.Rejection.allCases {
            let count = texts.count { $0.rejection == rejection }
            if count > 0 { report.count("rejected: \(rejection.meaning)", count) }
        }
        report.count("texts written", texts.count { $0.text != nil })
        report.add(spending)
        return report
    }
}

extension GeneratedText.Rejection {
    fileprivate var meaning: String {
        switch self {
        case .empty: "empty"
        case .tooShort: "too short"
        case .echo: "repeats the prompt"
        case .cut: "cut off in its first sentence"
        }
    }
}
