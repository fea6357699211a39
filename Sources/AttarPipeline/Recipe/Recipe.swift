import AttarData
import AttarTeacher
import Foundation

/// What to build, from what, and how: one decoded recipe.
package struct Recipe: RecipeSection {
    package enum TaskKind: String, CaseIterable, Sendable { case textClassification = "text-classification" }

    package let name: String?
    package let about: String?
    package let task: TaskKind
    package let labels: [LabelDefinition]
    package let data: DataSection
    package let teacher: TeacherSection?
    package let furtherTeachers: [FurtherTeacherSection]
    package let embeddings: EmbeddingsSection?
    package let privacy: PrivacySection?
    package let synthesis: SynthesisSection?
    package let labelling: LabellingSection
    package let rounds: RoundsSection?
    package let student: StudentSection
    package let train: TrainSection
    package let quantize: QuantizeSection
    package let calibrate: CalibrateSection
    package let cascade: CascadeSection?
    package let evaluate: EvaluateSection

    package init(_ keys: inout KeyReader) {
        _ = keys.required("attar", .formatVersion(1), "The version of the recipe format.")
        name = keys.optional(
            "name", .folderName, "Names the run, and its folder; the name of the recipe file where nothing is said.")
        about = keys.optional("about", .text(), "What the model is for, in a sentence.")
        task = keys.value("task", .choice(), default: .textClassification, "text-classification: one label of many.")
        labels = keys.sections(
            "labels", of: LabelDefinition.self, count: 2...1000,
            "The labels, as names or with descriptions. May be left out where `data.labelled` has them.")
        data = keys.section("data", DataSection.self, "Where texts come from, and how they are divided.")
        teacher = keys.optionalSection("teacher", TeacherSection.self, "The large model to learn from.")
        furtherTeachers = keys.additionSections(
            "further-teachers", of: FurtherTeacherSection.self, count: 0...8,
            "Teachers that label texts too; probabilities are averaged.")
        embeddings = keys.additionSection(
            "embeddings", EmbeddingsSection.self, "A model whose vectors of all texts are kept in dataset.h5.")
        privacy = keys.additionSection(
            "privacy", PrivacySection.self, "What is taken out of texts before they are sent or stored.")
        synthesis = keys.optionalSection("synthesis", SynthesisSection.self, "Texts written by the teacher.")
        labelling = keys.section("labelling", LabellingSection.self, "How the teacher is asked for labels.")
        rounds = keys.additionSection(
            "rounds", RoundsSection.self,
            "Ask the teacher in rounds: first about texts drawn by chance, then about those that the student is least sure of."
        )
        student = keys.section("student", StudentSection.self, "The small model.")
        let family = student.family
        train = keys.section("train", TrainSection.self, "How the small model learns.") {
            TrainSection(&$0, family: family)
        }
        quantize = keys.section("quantize", QuantizeSection.self, "How its weights are stored.")
        calibrate = keys.section("calibrate", CalibrateSection.self, "How its scores become probabilities.")
        cascade = keys.additionSection(
            "cascade", CascadeSection.self,
            "Which texts the small model answers by itself, and what is guaranteed of its answers; the others are for the large one."
        )
        evaluate = keys.section("evaluate", EvaluateSection.self, "What is measured on held-out data.")
        check(&keys)
    }

    /// Rules between sections.
    private func check(_ keys: inout KeyReader) {
        if teacher == nil {
            keys.check(
                furtherTeachers.isEmpty, at: "further-teachers",
                "needs a `teacher` block: these come after the first one")
            keys.check(synthesis == nil, at: "synthesis", "needs a `teacher` block: who would write the texts?")
            keys.check(
                data.unlabelled == nil, at: "data.unlabelled", "needs a `teacher` block: who would label these texts?")
        }
        if let rounds {
            keys.check(
                teacher != nil && (data.unlabelled != nil || synthesis != nil), at: "rounds",
                "there is nothing to ask about: name a file in data.unlabelled, or add a `synthesis` block")
            keys.check(
                rounds.worthPerPoint == nil || rounds.pricePerLabel != nil
                    || teacher?.pricePerMillionInputTokens != nil || teacher?.pricePerMillionOutputTokens != nil,
                at: "rounds.worth-per-point",
                "needs a price to compare with: write rounds.price-per-label, or the teacher's prices")
            for (key, texts) in [("first", rounds.first), ("most", rounds.most)] {
                keys.check(
                    (texts ?? .max) >= labels.count, at: "rounds.\(key)",
                    "\(texts ?? 0) texts are fewer than the \(labels.count) labels: ask about one of each at least")
            }
        }
        keys.check(
            data.labelled != nil || data.unlabelled != nil || synthesis != nil, at: "data",
            "there is nothing to train on: name a file in data.labelled or data.unlabelled, or add a `synthesis` block")
        keys.check(
            !labels.isEmpty || data.labelled != nil, at: "labels",
            "missing: without data.labelled the labels must be listed, for example `labels: [positive, negative]`")
        keys.check(
            cascade?.against != .teacher || teacherLabels, at: "cascade.against",
            "there are no answers of a teacher to agree with: without `data.unlabelled`, `synthesis` or `labelling.include-labelled` it labels nothing"
        )
        keys.check(
            evaluate.slices.isEmpty || data.heldOut != nil, at: "evaluate.slices",
            "needs `data.held-out`: it names columns of that file")
        for (index, column) in evaluate.slices.enumerated() {
            keys.check(
                ![data.textColumn, data.labelColumn].contains(column)
                    && !evaluate.slices[..<index].contains(column), at: "evaluate.slices[\(index)]",
                "“\(column)” is looked at already; name further columns only, each once")
        }
        for (index, seed) in evaluate.moreSeeds.enumerated() {
            keys.check(
                seed != train.seed && !evaluate.moreSeeds[..<index].contains(seed), at: "evaluate.more-seeds",
                "\(seed) is there already: each seed, and `train.seed`, counts once")
        }
        let names = [teacher].compactMap { $0?.model } + furtherTeachers.map(\.teacher.model)
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            keys.check(
                false, at: "further-teachers[\(index - 1)].model", "“\(name)” is a teacher already; names must differ")
        }
        for (key, isUsed) in [
            ("nearest-examples", (labelling.nearestExamples ?? 0) > 0), ("shortlist", labelling.shortlist != nil),
        ] {
            keys.check(
                !isUsed || data.labelled != nil, at: "labelling.\(key)",
                "needs texts with right labels to choose from: name a file in data.labelled")
        }
        checkLabels(&keys)
    }

    private func checkLabels(_ keys: inout KeyReader) {
        let names = labels.map(\.name)
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            keys.check(false, at: "labels[\(index)]", "the label \"\(name)\" is listed twice")
        }
        var spelled = Set(names.map { $0.lowercased() })
        for (index, label) in labels.enumerated() {
            for spelling in label.spellings ?? [] where !spelled.insert(spelling.lowercased()).inserted {
                keys.check(
                    false, at: "labels[\(index)].spellings",
                    "“\(spelling)” is a name or a spelling already; a word can mean one label only")
            }
        }
        guard !names.isEmpty else { return }
        var uses: [(path: String, label: String)] = []
        for (index, example) in labelling.examples.enumerated() {
            uses.append(("labelling.examples[\(index)].label", example.label))
        }
        for (index, example) in (synthesis?.examples ?? []).enumerated() {
            uses.append(("synthesis.examples[\(index)].label", example.label))
        }
        for (index, pair) in (synthesis?.confused ?? []).enumerated() {
            uses += pair.map { ("synthesis.confused[\(index)]", $0) }
            keys.check(Set(pair).count == 2, at: "synthesis.confused[\(index)]", "a label is not confused with itself")
        }
        for attribute in synthesis?.attributes ?? [] where !attribute.value.byLabel.isEmpty {
            let path = "synthesis.attributes.\(attribute.name)"
            let listed = attribute.value.byLabel.map(\.name)
            uses += listed.map { ("\(path).\($0)", $0) }
            for name in names where !listed.contains(name) {
                keys.check(false, at: path, "the label \"\(name)\" has no list here")
            }
        }
        for row in evaluate.costs {
            uses.append(("evaluate.costs.\(row.name)", row.name))
            uses += row.value.map { ("evaluate.costs.\(row.name).\($0.name)", $0.name) }
        }
        for use in uses where !names.contains(use.label) {
            let hint = nearestName(to: use.label, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
            keys.check(false, at: use.path, "\"\(use.label)\" is not one of `labels`\(hint)")
        }
        guard let synthesis else { return }
        checkCounts(of: synthesis, &keys)
    }

    /// That every label can have a text.
    private func checkCounts(of synthesis: SynthesisSection, _ keys: inout KeyReader) {
        keys.check(
            synthesis.texts >= labels.count, at: "synthesis.texts",
            "\(synthesis.texts) texts are fewer than the \(labels.count) labels: ask for one of each at least")
        if let limit = teacher?.requestLimit {
            keys.check(
                limit >= labels.count, at: "teacher.request-limit",
                "\(limit) requests are fewer than the \(labels.count) labels: no text of some could be asked for")
        }
        guard !synthesis.excluded.isEmpty else { return }
        let task = generationTask(synthesis, labels: labels.map(\.name))
        do throws(TeacherError) {
            try task.check()
            // A value that is excluded by itself is refused there.
            guard synthesis.excluded.allSatisfy({ $0.count > 1 }) else { return }
            for unused in task.excludedValues() {
                let label = unused.label.map { " for the label \"\(labels[$0].name)\"" } ?? ""
                keys.check(
                    false, at: "synthesis.attributes.\(unused.attribute)",
                    "“\(unused.value)” is never drawn\(label): synthesis.exclude leaves nothing that goes with it"
                )
            }
        } catch .task(.nothingToWrite(let label)) {
            keys.check(
                false, at: "synthesis.exclude",
                "leaves no combination of attributes for the label \"\(label)\": exclude less, or give it other values")
        } catch {
            // Whatever else is wrong with the task is told at its own key.
        }
    }
}
