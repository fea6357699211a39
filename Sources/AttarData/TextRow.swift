/// The part of a dataset that a row belongs to. Held-out rows are never in a dataset.
package enum Split: UInt8, CaseIterable, Codable, Sendable {
    case train, validation, calibration
}

/// Where a row came from.
package enum Source: UInt8, CaseIterable, Codable, Sendable {
    case labelled, unlabelled, generated
}

extension Split {
    package var name: String { "\(self)" }

    package init?(name: String) {
        guard let match = Split.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

extension Source {
    package var name: String { "\(self)" }

    package init?(name: String) {
        guard let match = Source.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

/// One text of a dataset.
package struct TextRow: Equatable, Sendable {
    package var text: String
    package var source: Source
    package var split: Split
    /// Index of the true label, where it is known.
    package var gold: Int?
    /// Index of the label that was asked for when the text was generated.
    package var intended: Int?
    /// What a generated text was asked to be like: attribute → value, and marks.
    package var attributes: [String: String]

    package init(
        text: String, source: Source, split: Split = .train, gold: Int? = nil, intended: Int? = nil,
        attributes: [String: String] = [:]
    ) {
        self.text = text
        self.source = source
        self.split = split
        self.gold = gold
        self.intended = intended
        self.attributes = attributes
    }
}

extension TextRow {
    /// Names of attributes that are not of the recipe: it cannot have such names.
    package enum Mark {
        /// The drawn first words, with their placeholders.
        package static let opening = "@opening"
        /// What kind of hard case a text is, and the label that it is near.
        package static let hardCase = "@hard-case"
        /// What damage was done to a copy of a text.
        package static let noise = "@noise"
    }

    package var isHardCase: Bool { attributes[Mark.hardCase] != nil }
    package var isNoisy: Bool { attributes[Mark.noise] != nil }
}
