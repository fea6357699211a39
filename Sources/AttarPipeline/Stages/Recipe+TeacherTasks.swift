import AttarData
import AttarTeacher

extension Recipe {
    /// How a teacher is asked for labels.
    ///
    /// - Parameters:
    ///   - teacher: nil for the first one.
    ///   - similar: texts to take examples from, where the recipe wants those nearest to each text.
    func labelTask(
        labels: [String], teacher: TeacherSection? = nil, similar: SimilarExamples? = nil
    ) -> LabelTask {
        LabelTask(
            labels: teacherLabels(labels), instruction: labelling.instruction,
            examples: labelling.examples.map { LabelledExample(text: scrubbed($0.text), label: $0.label) },
            form: (teacher ?? self.teacher)?.form ?? .completion, answers: labelling.answers.form,
            textHeading: labelling.textHeading, answerHeading: labelling.labelHeading,
            textLimitCharacters: labelling.textLimitCharacters, method: labelling.method?.rung,
            listsLabels: labelling.listsLabels, similar: similar, nearestExamples: labelling.nearestExamples ?? 0,
            shortlist: labelling.shortlist, topLogprobs: labelling.topLogprobs, samples: labelling.samples ?? 5,
            scoringCalls: labelling.scoringCalls ?? 12)
    }

    /// Whether examples are looked up for each text.
    var looksUpExamples: Bool { (labelling.nearestExamples ?? 0) > 0 || labelling.shortlist != nil }

    /// The texts of data.labelled, where prompts look some up; for work outside of a run.
    func similarExamplesOfFile(labels: [String]) throws(DataError) -> SimilarExamples? {
        guard looksUpExamples, let file = data.labelled else { return nil }
        let rows = try TextTable.read(file.url, textColumn: data.textColumn, labelColumn: data.labelColumn)
        return SimilarExamples(
            rows.compactMap { row in
                row.label.flatMap { labels.contains($0) ? LabelledExample(text: scrubbed(row.text), label: $0) : nil }
            })
    }

    private func scrubbed(_ text: String) -> String { privacy?.scrubber.scrub(text) ?? text }

    /// How the teacher is asked for texts.
    ///
    /// - Parameters:
    ///   - teacher: nil for the first one as the recipe has it.
    ///   - seeds: the user's own texts that it may see.
    func generationTask(
        _ section: SynthesisSection, labels: [String], teacher: TeacherSection? = nil, seeds: [GenerationExample] = []
    ) -> GenerationTask {
        var confused: [ConfusedPair] = []
        for pair in section.confused {
            let both = pair.compactMap(labels.firstIndex(of:))
            guard both.count == 2 else { continue }
            confused += [ConfusedPair(label: both[0], other: both[1]), ConfusedPair(label: both[1], other: both[0])]
        }
        return GenerationTask(
            labels: teacherLabels(labels), instruction: section.instruction,
            examples: section.examples.map { example in
                GenerationExample(
                    text: scrubbed(example.text), label: example.label,
                    attributes: Dictionary(example.attributes.map { ($0.name, $0.value) }) { first, _ in first })
            },
            seeds: Self.shown(seeds, tokens: section.maximumTokens),
            seedExamples: section.seedExamples(of: seeds.count),
            attributes: section.attributes.map { attribute in
                GenerationAttribute(
                    name: attribute.name, values: attribute.value.shared,
                    valuesByLabel: Dictionary(attribute.value.byLabel.map { ($0.name, $0.value) }) { first, _ in first }
                )
            },
            excluded: section.excluded.map { values in
                Dictionary(values.map { ($0.name, $0.value) }) { first, _ in first }
            },
            openings: section.openings.map { values in
                GenerationAttribute(
                    name: "openings", values: values.shared,
                    valuesByLabel: Dictionary(values.byLabel.map { ($0.name, $0.value) }) { first, _ in first })
            },
            form: (teacher ?? self.teacher)?.form ?? .completion, textHeading: section.textHeading,
            labelHeading: section.labelHeading,
            temperature: section.temperature, maxTokens: section.maximumTokens, stop: section.stop,
            leastCharacters: section.leastCharacters,
            aim: section.hardCases > 0
                ? GenerationAim(labelWeights: [], confused: confused, hardShare: section.hardCases) : nil,
            seed: UInt64(section.seed))
    }

    /// Texts as short as those that are wanted, where there are such; others are cut. A token has about four characters.
    private static func shown(_ seeds: [GenerationExample], tokens: Int) -> [GenerationExample] {
        let most = 5 * tokens
        let short = seeds.filter { $0.text.count <= most }
        let missing = Set(seeds.map(\.label)).subtracting(short.map(\.label))
        return short
            + seeds.filter { missing.contains($0.label) }.map { seed in
                var seed = seed
                seed.text = String(seed.text.prefix(most))
                return seed
            }
    }

    /// Names in the order of the data, descriptions from the recipe.
    private func teacherLabels(_ names: [String]) -> [TeacherLabel] {
        names.map { name in
            let definition = labels.first { $0.name == name }
            let description = definition?.description ?? ""
            return TeacherLabel(
                name: name, description: description.isEmpty ? nil : description,
                spellings: definition?.spellings ?? [])
        }
    }
}

extension LabellingSection.Answers {
    fileprivate var form: LabelTask.AnswerForm {
        switch self {
        case .automatic: .automatic
        case .names: .names
        case .letters: .letters
        case .numbers: .numbers
        }
    }
}

extension LabellingSection.Method {
    var rung: LabelMethod? {
        switch self {
        case .automatic: nil
        case .tokens: .tokens
        case .scoring: .scoring
        case .sampling: .sampling
        case .hard: .hard
        }
    }
}
