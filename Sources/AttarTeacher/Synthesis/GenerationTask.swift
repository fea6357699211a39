/// A property that varies between generated texts, drawn from a list.
package struct GenerationAttribute: Sendable, Hashable {
    package var name: String
    package var values: [String]
    /// Values for texts of one label only, in place of `values`: a mood that fits the label.
    package var valuesByLabel: [String: [String]]

    package init(name: String, values: [String], valuesByLabel: [String: [String]] = [:]) {
        self.name = name
        self.values = Self.different(values)
        self.valuesByLabel = valuesByLabel.mapValues(Self.different)
    }

    package func values(for label: String) -> [String] { valuesByLabel[label] ?? values }

    private static func different(_ values: [String]) -> [String] {
        var known: Set<String> = []
        return values.filter { known.insert($0).inserted }
    }
}

/// A worked example: a text with the label and the attributes that it was written for.
package struct GenerationExample: Sendable, Hashable {
    package var text: String
    package var label: String
    package var attributes: [String: String]

    package init(text: String, label: String, attributes: [String: String] = [:]) {
        self.text = text
        self.label = label
        self.attributes = attributes
    }
}

/// How the teacher is asked to write texts: one short text a call, for a given label and drawn attributes.
package struct GenerationTask: Sendable {
    package var labels: [TeacherLabel]
    package var instruction: String
    package var examples: [GenerationExample]
    /// The user's own texts, of which every call shows some others behind the examples.
    package var seeds: [GenerationExample]
    /// How many of the seeds a call shows.
    package var seedExamples: Int
    package var attributes: [GenerationAttribute]
    /// Values that never go together: attribute → value.
    package var excluded: [[String: String]]
    /// Drawn first words of the text, in which `{name}` stands for the attribute's drawn value: “The {product}”. They
    /// lead a small model to the topic and away from its favourite beginnings. An empty one leaves the beginning to the model.
    package var openings: GenerationAttribute?
    package var form: PromptForm
    /// What a text is called in the prompt: “Review”.
    package var textHeading: String
    /// What the label is called in the prompt: “Sentiment”.
    package var labelHeading: String
    package var temperature: Double
    package var maxTokens: Int
    package var stop: [String]
    /// Shorter texts are rejected.
    package var leastCharacters: Int
    /// What texts are aimed at where a call says nothing else.
    package var aim: GenerationAim?
    package var seed: UInt64

    package init(
        labels: [TeacherLabel], instruction: String = "", examples: [GenerationExample] = [],
        seeds: [GenerationExample] = [], seedExamples: Int = 0, attributes: [GenerationAttribute] = [],
        excluded: [[String: String]] = [], openings: GenerationAttribute? = nil, form: PromptForm = .completion,
        textHeading: String = "Text", labelHeading: String = "Label",
        temperature: Double = 0.9, maxTokens: Int = 60, stop: [String] = ["\n"],
        leastCharacters: Int = 8, aim: GenerationAim? = nil, seed: UInt64 = 0
    ) {
        self.labels = labels
        self.instruction = instruction
        self.examples = examples
        self.seeds = seeds
        self.seedExamples = seedExamples
        self.excluded = excluded
        self.attributes = attributes
        self.openings = openings
        self.form = form
        self.textHeading = textHeading
        self.labelHeading = labelHeading
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.stop = stop
        self.leastCharacters = leastCharacters
        self.aim = aim
        self.seed = seed
    }
}

extension GenerationTask {
    /// Throws what makes the task impossible, before anything is sent.
    package func check() throws(TeacherError) {
        guard labels.count >= 2 else { throw .task(.tooFewLabels(labels.count)) }
        let known = labels.map(\.name)
        for (index, name) in known.enumerated() where known[..<index].contains(name) {
            throw .task(.repeatedLabel(name))
        }
        for example in examples + seeds where !known.contains(example.label) {
            throw .task(.unknownExampleLabel(label: example.label, known: known))
        }
        for attribute in attributes + (openings.map { [$0] } ?? []) {
            for name in known where attribute.values(for: name).isEmpty { throw .task(.emptyAttribute(attribute.name)) }
        }
        for label in labels.indices where !grid(of: label).hasCell() {
            throw .task(.nothingToWrite(label: known[label]))
        }
    }
}
