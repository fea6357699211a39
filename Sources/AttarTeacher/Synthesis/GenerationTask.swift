import AttarStatistics
import Foundation

/// A property that varies between generated texts, drawn from a list.
package struct GenerationAttribute: Sendable, Hashable {
    package var name: String
    package var values: [String]
    /// Values for texts of one label only, in place of `values`: a mood that fits the label.
    package var valuesByLabel: [String: [String]]

    package init(name: String, values: [String], valuesByLabel: [String: [String]] = [:]) {
        self.name = name
        self.values = values
        self.valuesByLabel = valuesByLabel
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
    package var attributes: [GenerationAttribute]
    /// Drawn first words of the text, in which `{name}` stands for the attribute's drawn value: “The {product}”. They
    /// lead a small model to the topic and away from its favourite beginnings.
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
    package var seed: UInt64

    package init(
        labels: [TeacherLabel], instruction: String = "", examples: [GenerationExample] = [],
        attributes: [GenerationAttribute] = [], openings: GenerationAttribute? = nil, form: PromptForm = .completion,
        textHeading: String = "Text", labelHeading: String = "Label",
        temperature: Double = 0.9, maxTokens: Int = 60, stop: [String] = ["\n"],
        leastCharacters: Int = 8, seed: UInt64 = 0
    ) {
        self.labels = labels
        self.instruction = instruction
        self.examples = examples
        self.attributes = attributes
        self.openings = openings
        self.form = form
        self.textHeading = textHeading
        self.labelHeading = labelHeading
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.stop = stop
        self.leastCharacters = leastCharacters
        self.seed = seed
    }
}

/// What one text is to be like. A function of the task, its seed and the index alone.
package struct GenerationRequest: Sendable, Hashable {
    package var index: Int
    /// Index into the task's labels.
    package var label: Int
    /// In the order of the task's attributes.
    package var attributes: [String]
    /// First words of the text, if the task has openings.
    package var opening: String?
}

extension GenerationTask {
    /// The first `count` requests: labels in turn, so that they are balanced; attributes drawn by seed and index, so
    /// that a longer list begins with a shorter one.
    package func requests(count: Int) throws(TeacherError) -> [GenerationRequest] {
        try check()
        return (0..<count).map { index in
            let label = index % labels.count
            let values = attributes.enumerated().map { position, attribute in
                draw(attribute, label: label, index: index, position: position)
            }
            var opening = openings.map { draw($0, label: label, index: index, position: -2) }
            for (attribute, value) in zip(attributes, values) {
                opening = opening?.replacing("{\(attribute.name)}", with: value)
            }
            return GenerationRequest(index: index, label: label, attributes: values, opening: opening)
        }
    }

    private func draw(_ attribute: GenerationAttribute, label: Int, index: Int, position: Int) -> String {
        let values = attribute.values(for: labels[label].name)
        var random = SplitMix64(seed: drawSeed(index: index, position: position))
        return values[Int.random(in: 0..<values.count, using: &random)]
    }

    /// The seed sent with a call: another one for every index.
    func callSeed(index: Int) -> UInt32 { UInt32(truncatingIfNeeded: drawSeed(index: index, position: -1) >> 33) }

    private func drawSeed(index: Int, position: Int) -> UInt64 {
        var first = SplitMix64(seed: seed)
        var second = SplitMix64(seed: first.next() &+ UInt64(bitPattern: Int64(index)))
        var third = SplitMix64(seed: second.next() &+ UInt64(bitPattern: Int64(position)))
        return third.next()
    }

    private func check() throws(TeacherError) {
        guard labels.count >= 2 else { throw .task(.tooFewLabels(labels.count)) }
        let known = labels.map(\.name)
        for (index, name) in known.enumerated() where known[..<index].contains(name) {
            throw .task(.repeatedLabel(name))
        }
        for example in examples where !known.contains(example.label) {
            throw .task(.unknownExampleLabel(label: example.label, known: known))
        }
        for attribute in attributes + (openings.map { [$0] } ?? []) {
            for name in known where attribute.values(for: name).isEmpty { throw .task(.emptyAttribute(attribute.name)) }
        }
    }
}

extension GenerationAttribute {
    func values(for label: String) -> [String] { valuesByLabel[label] ?? values }
}
