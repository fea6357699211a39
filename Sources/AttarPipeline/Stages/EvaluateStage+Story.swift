import AttarData
import AttarEvaluation
import AttarRuntime
import AttarTraining
import Foundation

// What the report tells beside the figures: data, storage, spending, provenance.
extension EvaluateStage {
    var trainingLabelCounts: [Int] {
        var counts = [Int](repeating: 0, count: dataset.labels.count)
        for row in builder.task.rows(of: .train, in: dataset) {
            if let target = builder.task.target(of: row, in: dataset) { counts[likeliest(target)] += 1 }
        }
        return counts
    }

    func dataFigures() throws -> DataFigures {
        var figures = DataFigures(
            sources: [
                ("labelled", StageName.data, "labelled texts"), ("unlabelled", .data, "unlabelled texts"),
                ("generated", .generate, "texts asked for"),
                ("generated in rounds", .label, "texts asked for in rounds"),
                ("damaged copies", .dataset, "damaged copies added"),
            ].compactMap { name, stage, count in
                context.reports[stage]?.counts.first { $0.name == count }.map { NamedCount(name, $0.value) }
            },
            dropped: droppedRows, kept: dataset.rows.count,
            splits: Split.allCases.map { split in NamedCount(split.name, dataset.rows.count { $0.split == split }) },
            contaminated: context.reports[.dataset]?.counts.first { $0.name == Stage.contaminatedCount }?.value)
        figures.diversity = try JSONDecoder().decode(
            DiversityFigures?.self, from: Data(contentsOf: context.file(Stage.diversityFile)))?.named
        return figures
    }

    var droppedRows: [NamedCount] {
        let stages: [StageName] = [.data, .generate, .label, .dataset]
        return stages.flatMap { context.reports[$0]?.counts ?? [] }.compactMap { count in
            if let name = LabelStage.leftOut[count.name] { return NamedCount(name, count.value) }
            for prefix in ["dropped: ", "rejected: "] where count.name.hasPrefix(prefix) {
                return NamedCount(String(count.name.dropFirst(prefix.count)), count.value)
            }
            return nil
        }
    }

    func learningCurve() throws -> LearningCurveInput? {
        let points = try JSONDecoder().decode(
            [LearningCurvePoint].self, from: Data(contentsOf: context.file(Stage.learningCurveFile)))
        guard !points.isEmpty else { return nil }
        return LearningCurveInput(
            part: "validation", points: points.map { .init(rows: $0.rows, judged: $0.judged, correct: $0.correct) })
    }

    func rounds() throws -> RoundsFigures? {
        guard recipe.rounds != nil, recipe.teacherLabels else { return nil }
        let rounds = try JSONDecoder().decode(
            [LabelRound].self, from: Data(contentsOf: context.file(Stage.roundsFile)))
        let judges = context.reports[.label]?.counts.first { $0.name == LabelStage.judgesCount }
        return RoundsFigures(
            judges: judges?.value ?? 0, hasRightLabels: judges?.reason == LabelStage.rightLabels,
            points: rounds.map { round in
                .init(
                    asked: round.askedInAll, trained: round.trained, cost: round.cost,
                    accuracy: round.accuracy.map { Estimate($0, round.accuracyInterval) },
                    gain: round.gain.map { Estimate($0.gain, $0.interval) }, nextCost: round.nextPrice)
            }, end: rounds.last?.decision.reason ?? "")
    }

    func quantizationFigures() throws -> [QuantizationFigures] {
        let forms = try JSONDecoder().decode(
            [QuantizationForm].self, from: Data(contentsOf: context.file(Stage.quantizationFile)))
        return forms.map { form in
            QuantizationFigures(
                format: form.table, bytes: form.bytes, meanSquaredError: form.tableMeanSquaredError,
                clip: form.table == "float32" ? nil : recipe.quantize.clip.rawValue, isChosen: form.isChosen)
        }
    }

    func spending(_ teacher: TeacherOnHeldOut.Answers?) -> SpendingFigures? {
        guard let section = recipe.teacher else { return nil }
        var purposes: [SpendingFigures.Purpose] = []
        var reused = 0
        for stage in [StageName.generate, .label] {
            let counts = context.reports[stage]?.counts ?? []
            // Labels and texts written in rounds are counted one after the other.
            func count(_ name: String) -> Int { counts.reduce(0) { $0 + ($1.name == name ? $1.value : 0) } }
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

    func provenance(heldOutHash: String) throws -> ProvenanceFigures {
        var licences: [ProvenanceFigures.Licence] = []
        if let licence = recipe.data.licence {
            licences.append(.init(name: "data", licence: licence, source: recipe.data.source))
        }
        var provenance = ProvenanceFigures(
            recipeHash: context.recipe.hash, datasetHash: try fileHash(of: context.file(Stage.datasetFile)).sha256,
            heldOutHash: heldOutHash,
            modelHash: try fileHash(of: context.file(Stage.modelFile)).sha256,
            seeds: [
                .init("train.seed", "\(recipe.train.seed)"), .init("data.split-seed", "\(recipe.data.splitSeed)"),
                .init("evaluate.seed", "\(recipe.evaluate.seed)"),
            ],
            versions: [.init("model file format", "\(ModelFile.majorVersion).\(ModelFile.minorVersion)")],
            licences: licences,
            machine:
                "\(Kernels.availableNames.first ?? "") kernels, \(ProcessInfo.processInfo.activeProcessorCount) cores",
            heldOutOpenings: context.heldOutOpenings.ever)
        provenance.heldOutOpeningsOfRecipe = context.heldOutOpenings.sinceRecipeChanged
        return provenance
    }

    var notes: [String] {
        let stages: [StageName] = [.data, .generate, .label, .dataset, .train, .calibrate]
        // What each round came to has its own place in the report.
        return stages.flatMap { context.reports[$0]?.notes ?? [] }.filter { !LabelRound.isLine($0) }
    }

    /// Right label × answer; nil where the recipe says nothing of costs.
    var costMatrix: [[Double]]? {
        guard !recipe.evaluate.costs.isEmpty else { return nil }
        return dataset.labels.map { truth in
            let row = recipe.evaluate.costs.first { $0.name == truth }?.value ?? []
            return dataset.labels.map { answer in
                row.first { $0.name == answer }?.value ?? (answer == truth ? 0 : 1)
            }
        }
    }

    /// Of the student's queries and the teacher's; without a teacher the student's alone.
    func queryCost(_ teacher: TeacherOnHeldOut.Answers?) -> QueryCostInput? {
        var cost = teacher?.cost
        if cost == nil, recipe.evaluate.corePricePerHour != nil {
            cost = QueryCostInput(queries: 0, inputTokens: 0, outputTokens: 0)
        }
        cost?.corePricePerHour = recipe.evaluate.corePricePerHour
        // `attar teacher probe` measures it.
        cost?.teacherMicroseconds = recipe.teacher.flatMap { section in
            ProbeFile(context.directory).probe(of: section.endpoint, model: section.model)?.speeds
                .first { $0.inFlight == 1 }.map { $0.medianSeconds * 1e6 }
        }
        return cost
    }

    /// What answers for training have cost, whenever they were paid for, and the processor's time; nil without prices.
    func fixedCosts() -> FixedCosts? {
        guard let section = recipe.teacher, let input = section.pricePerMillionInputTokens,
            let output = section.pricePerMillionOutputTokens
        else { return nil }
        let counts = [StageName.generate, .label].flatMap { context.reports[$0]?.counts ?? [] }
        func tokens(_ name: String) -> Double {
            counts.reduce(0) { $0 + ([name, name + StageReport.reused].contains($1.name) ? Double($1.value) : 0) }
        }
        let labelling = (tokens("input tokens") * input + tokens("output tokens") * output) / 1e6
        let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
        let hours = (context.seconds(of: .train) ?? 0) / 3600
        return FixedCosts(
            labelling: labelling, training: hours * cores * (recipe.evaluate.corePricePerHour ?? 0))
    }
}
