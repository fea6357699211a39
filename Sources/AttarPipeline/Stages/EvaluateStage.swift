import AttarData
import AttarEvaluation
import AttarQuantization
import AttarRuntime
import AttarStatistics
import AttarTraining
import Foundation

extension Stage {
    static let reportFiles = ["report.json", "report.html"]

    /// model.attar, held-out data → report.json, report.html. The only stage that reads held-out rows.
    static func evaluate(_ recipe: LoadedRecipe) -> Stage {
        Stage(
            .evaluate,
            reads: [
                "name", "about", "labels", "data", "teacher.model", "teacher.prompt-form",
                "teacher.price-per-million-input-tokens",
                "teacher.price-per-million-output-tokens", "labelling", "student", "train", "quantize", "calibrate",
                "evaluate",
            ],
            from: (recipe.recipe.teacherLabels ? [.label] : []) + [.dataset, .train, .quantize, .calibrate, .export],
            files: ["held-out": recipe.recipe.data.heldOut?.url],
            makes: reportFiles
        ) { context in
            try await EvaluateStage(context).run()
        }
    }
}

private struct EvaluateStage {
    let context: StageContext
    let recipe: Recipe
    let dataset: TextDataset
    let builder: ModelBuilder
    let calibration: Calibration

    init(_ context: StageContext) throws {
        self.context = context
        recipe = context.recipe.recipe
        dataset = try DatasetFile.read(context.file(Stage.datasetFile))
        builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(Stage.checkpointFile))
        calibration = try JSONDecoder().decode(
            Calibration.self, from: Data(contentsOf: context.file(Stage.calibrationFile)))
    }

    func run() async throws -> StageReport {
        guard let file = recipe.data.heldOut else { return StageReport() }
        let url = try context.openHeldOut(file, reason: "evaluation of \(Stage.modelFile)")
        let heldOut = try HeldOutRows(url, shownPath: file.written, recipe.data, labels: dataset.labels)
        var systems: [EvaluatedSystem] = []
        let teacher = try await TeacherOnHeldOut(context, labels: dataset.labels)?.label(heldOut.texts)
        if let teacher { systems.append(teacher.system) }
        systems += try students(on: heldOut.texts)

        let report = try evaluate(
            EvaluationInput(
                recipe: RecipeFigures(name: context.recipe.name, task: recipe.task.rawValue, description: recipe.about),
                labels: dataset.labels, gold: heldOut.gold, texts: heldOut.texts,
                trainingLabelCounts: trainingLabelCounts,
                systems: systems, data: dataFigures, learningCurve: try learningCurve(),
                quantization: try quantizationFigures(), spending: spending(teacher), queryCost: teacher?.cost,
                provenance: try provenance(heldOut: url), notes: notes(heldOut),
                options: EvaluationOptions(
                    bootstrapDraws: recipe.evaluate.bootstrapDraws, seed: UInt64(recipe.evaluate.seed),
                    exampleLimit: recipe.evaluate.examples)))
        try AtomicFile.write(try report.json(), to: context.file("report.json"))
        try AtomicFile.write(Data(report.html().utf8), to: context.file("report.html"))
        var summary = StageReport()
        summary.count("held-out rows", heldOut.gold.count)
        summary.note(report.verdict.sentence)
        return summary
    }

    /// Float student, quantized student and the file itself, each on the raw texts.
    private func students(on texts: [String]) throws -> [EvaluatedSystem] {
        let float = try builder.quantized(WeightQuantizer(table: .float32, linear: .float32Panels, clip: .max))
        let floatCalibration = try builder.calibration(of: float, recipe).calibration
        let quantized = try builder.quantized(WeightQuantizer(recipe.quantize))
        let path = context.file(Stage.modelFile).path
        let classifier = try Classifier(contentsOf: path)
        var deployed: [Float] = []
        for text in texts { deployed += classifier.predict(text).probabilities }
        return [
            EvaluatedSystem(
                name: "student, float", role: .floatStudent,
                probabilities: try builder.probabilities(of: texts, float, floatCalibration),
                sizeBytes: float.bytes),
            EvaluatedSystem(
                name: "student, \(recipe.quantize.table.rawValue)", role: .quantizedStudent,
                probabilities: try builder.probabilities(of: texts, quantized, calibration),
                sizeBytes: quantized.bytes),
            EvaluatedSystem(
                name: Stage.modelFile, role: .deployedFile, probabilities: deployed, sizeBytes: classifier.file.bytes,
                latency: try latency(of: classifier, on: texts)),
        ]
    }

    private func latency(of classifier: Classifier, on texts: [String]) throws -> LatencyFigures? {
        let bytes = texts.map { Array($0.utf8) }
        var probabilities = [Float](repeating: 0, count: classifier.labels.count)
        return try measureLatency(
            systems: [
                { row in
                    bytes[row].withUnsafeBufferPointer { text in
                        probabilities.withUnsafeMutableBufferPointer { classifier.predict(text, into: $0) }
                    }
                }
            ], rows: texts.count
        ).first ?? nil
    }

    // MARK: The story of the run

    private var trainingLabelCounts: [Int] {
        var counts = [Int](repeating: 0, count: dataset.labels.count)
        for row in builder.task.rows(of: .train, in: dataset) {
            if let target = builder.task.target(of: row, in: dataset) { counts[likeliest(target)] += 1 }
        }
        return counts
    }

    private var dataFigures: DataFigures {
        DataFigures(
            sources: Source.allCases.map { source in
                NamedCount(source.name, dataset.rows.count { $0.source == source })
            }.filter { $0.rows > 0 },
            dropped: droppedRows, kept: dataset.rows.count,
            splits: Split.allCases.map { split in NamedCount(split.name, dataset.rows.count { $0.split == split }) },
            contaminated: context.reports[.dataset]?.counts.first { $0.name == Stage.contaminatedCount }?.value)
    }

    private var droppedRows: [NamedCount] {
        (context.reports[.generate]?.counts ?? []).filter { $0.name.hasPrefix("rejected") }.map {
            NamedCount($0.name, $0.value)
        }
            + (context.reports[.dataset]?.counts ?? []).filter { $0.name.hasPrefix("dropped") }.map {
                NamedCount($0.name, $0.value)
            }
    }

    private func learningCurve() throws -> LearningCurveInput? {
        let points = try JSONDecoder().decode(
            [LearningCurvePoint].self, from: Data(contentsOf: context.file(Stage.learningCurveFile)))
        guard !points.isEmpty else { return nil }
        return LearningCurveInput(
            part: "validation", points: points.map { .init(rows: $0.rows, judged: $0.judged, correct: $0.correct) })
    }

    private func quantizationFigures() throws -> [QuantizationFigures] {
        let forms = try JSONDecoder().decode(
            [QuantizationForm].self, from: Data(contentsOf: context.file(Stage.quantizationFile)))
        return forms.map { form in
            QuantizationFigures(
                format: form.table, bytes: form.bytes, meanSquaredError: form.tableMeanSquaredError,
                clip: form.table == "float32" ? nil : recipe.quantize.clip.rawValue, isChosen: form.isChosen)
        }
    }

    private func spending(_ teacher: TeacherOnHeldOut.Answers?) -> SpendingFigures? {
        guard let section = recipe.teacher else { return nil }
        var purposes: [SpendingFigures.Purpose] = []
        var reused = 0
        for stage in [StageName.generate, .label] {
            let counts = context.reports[stage]?.counts ?? []
            func count(_ name: String) -> Int { counts.first { $0.name == name }?.value ?? 0 }
            purposes.append(
                .init(
                    name: stage.rawValue, requests: count("requests paid"), inputTokens: count("input tokens"),
                    outputTokens: count("output tokens")))
            reused += count("answers from the ledger")
        }
        if let teacher {
            purposes.append(teacher.purpose)
            reused += teacher.reused
        }
        var cost: Double?
        if let input = section.pricePerMillionInputTokens, let output = section.pricePerMillionOutputTokens {
            cost = purposes.reduce(0) { $0 + (Double($1.inputTokens) * input + Double($1.outputTokens) * output) / 1e6 }
        }
        return SpendingFigures(teacher: section.model, purposes: purposes, reusedRequests: reused, cost: cost)
    }

    private func provenance(heldOut: URL) throws -> ProvenanceFigures {
        var licences: [ProvenanceFigures.Licence] = []
        if let licence = recipe.data.licence {
            licences.append(.init(name: "data", licence: licence, source: recipe.data.source))
        }
        return ProvenanceFigures(
            recipeHash: context.recipe.hash, datasetHash: try fileHash(of: context.file(Stage.datasetFile)).sha256,
            heldOutHash: try fileHash(of: heldOut).sha256,
            modelHash: try fileHash(of: context.file(Stage.modelFile)).sha256,
            seeds: [
                .init("train.seed", "\(recipe.train.seed)"), .init("data.split-seed", "\(recipe.data.splitSeed)"),
                .init("evaluate.seed", "\(recipe.evaluate.seed)"),
            ],
            versions: [.init("model file format", "\(ModelFile.majorVersion).\(ModelFile.minorVersion)")],
            licences: licences,
            machine:
                "\(Kernels.availableNames.first ?? "") kernels, \(ProcessInfo.processInfo.activeProcessorCount) cores",
            heldOutOpenings: context.heldOutOpenings)
    }

    private func notes(_ heldOut: HeldOutRows) -> [String] {
        var notes: [String] = []
        for stage in [StageName.data, .generate, .label, .dataset, .train, .calibrate] {
            notes += context.reports[stage]?.notes ?? []
        }
        return notes
    }
}

/// The held-out texts with their right labels.
private struct HeldOutRows {
    let texts: [String]
    let gold: [Int]

    init(_ url: URL, shownPath: String, _ section: DataSection, labels: [String]) throws {
        let rows = try TextTable.read(url, textColumn: section.textColumn, labelColumn: section.labelColumn)
        guard !rows.isEmpty else { throw HeldOutError.empty(path: shownPath) }
        texts = rows.map(\.text)
        gold = try rows.map { row in
            guard let label = row.label else { throw HeldOutError.noLabel(path: shownPath, line: row.line) }
            guard let index = labels.firstIndex(of: label) else {
                throw HeldOutError.unknownLabel(path: shownPath, line: row.line, label: label, known: labels)
            }
            return index
        }
    }
}

package enum HeldOutError: Error, Equatable, CustomStringConvertible {
    case empty(path: String)
    case noLabel(path: String, line: Int)
    case unknownLabel(path: String, line: Int, label: String, known: [String])

    package var description: String {
        switch self {
        case .empty(let path): "\(path): expected held-out rows; found none"
        case .noLabel(let path, let line):
            "\(path):\(line): expected a label; the cell is empty. Held-out rows need their right label"
        case .unknownLabel(let path, let line, let label, let known):
            "\(path):\(line): “\(label)” is not one of the model's labels (\(known.prefix(8).joined(separator: ", "))"
                + "\(known.count > 8 ? ", …" : ""))\(nearestName(to: label, among: known).map { "; did you mean “\($0)”?" } ?? "")"
        }
    }
}
