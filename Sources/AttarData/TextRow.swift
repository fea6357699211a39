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

    package init(text: String, source: Source, split: Split = .train, gold: Int? = nil, intended: Int? = nil) {
        self.text = text
        self.source = source
        self.split = split
        self.gold = gold
        self.intended = intended
    }
}
