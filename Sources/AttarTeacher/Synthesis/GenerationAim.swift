/// Two labels of which one is taken for the other.
package struct ConfusedPair: Sendable, Hashable, Codable {
    /// Index of the right label.
    package var label: Int
    /// Index of the label that it is taken for.
    package var other: Int
    /// How often, beside other pairs.
    package var weight: Double

    package init(label: Int, other: Int, weight: Double = 1) {
        self.label = label
        self.other = other
        self.weight = weight
    }
}

/// What the next texts are to be aimed at.
package struct GenerationAim: Sendable, Hashable, Codable {
    /// How many texts of each label there are to be, beside the others; all zero counts as all equal.
    package var labelWeights: [Double]
    /// Pairs for hard cases; all pairs where there are none.
    package var confused: [ConfusedPair]
    /// The share of hard cases: half near misses, half minimal edits.
    package var hardShare: Double

    package init(labelWeights: [Double], confused: [ConfusedPair] = [], hardShare: Double = 0) {
        self.labelWeights = labelWeights
        self.confused = confused
        self.hardShare = hardShare
    }
}
