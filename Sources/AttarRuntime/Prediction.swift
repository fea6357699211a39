/// A label by its index, with its probability.
public struct RankedLabel: Sendable, Equatable {
    public var index: Int
    public var probability: Float

    public init(index: Int, probability: Float) {
        self.index = index
        self.probability = probability
    }

    /// Writes the likeliest labels, the likeliest first and the first of equals before others, and gives their number:
    /// as many as there is room for, if there are as many.
    public static func rank(
        _ probabilities: UnsafeBufferPointer<Float>, into ranked: UnsafeMutableBufferPointer<RankedLabel>
    ) -> Int {
        var count = 0
        for (index, probability) in probabilities.enumerated() {
            // From behind, past all that are less likely.
            var place = count
            while place > 0, probability > ranked[place - 1].probability { place -= 1 }
            guard place < ranked.count else { continue }
            count = min(count + 1, ranked.count)
            for later in stride(from: count - 1, to: place, by: -1) { ranked[later] = ranked[later - 1] }
            ranked[place] = RankedLabel(index: index, probability: probability)
        }
        return count
    }
}

/// What a classifier says of one text.
public struct Prediction: Sendable, Equatable {
    /// The likeliest label, whether or not the prediction abstains.
    public let label: String
    /// Index of `label` among the classifier's labels: the first one of equals.
    public let index: Int
    /// One a label, in the classifier's order; they sum to 1.
    public let probabilities: [Float]
    /// Whether `label` is too unlikely to be said: below the classifier's threshold.
    public let abstains: Bool
    /// Whether the file's cascade leaves the text to a larger model; false where it has none.
    public let defers: Bool
    /// How sure the model is by the score of its cascade; nil where it has none.
    public let score: Float?
    /// How much of the text is like what training saw, 0…1; see `ClassifierOutput`.
    public let familiarity: Float

    /// Whether the model stands by `label`.
    public var isAnswered: Bool { !abstains && !defers }

    /// The probability of `label`.
    public var confidence: Float { probabilities[index] }

    /// The `count` likeliest labels, the likeliest first.
    public func top(_ count: Int) -> [RankedLabel] {
        let room = max(0, min(count, probabilities.count))
        return [RankedLabel](unsafeUninitializedCapacity: room) { ranked, written in
            ranked.initialize(repeating: RankedLabel(index: 0, probability: 0))
            written = probabilities.withUnsafeBufferPointer { RankedLabel.rank($0, into: ranked) }
        }
    }
}

extension Classifier {
    public func predict(_ text: String) -> Prediction {
        var text = text
        return text.withUTF8 {
            Prediction(
                output(of: $0), labels: labels, threshold: abstentionThreshold, cascade: file.decision?.cascade)
        }
    }

    /// Writes the probability of each label, in the order of `labels`, and gives the index of the largest (the first
    /// one of equals). Allocates nothing.
    ///
    /// - Parameters:
    ///   - text: UTF-8; malformed bytes count as symbols.
    ///   - probabilities: room for `labels.count` values.
    public func predict(_ text: UnsafeBufferPointer<UInt8>, into probabilities: UnsafeMutableBufferPointer<Float>)
        -> Int
    {
        let found = self.probabilities(of: text)
        _ = probabilities.update(fromContentsOf: found)
        return found.likeliest
    }
}

extension Prediction {
    init(_ output: ClassifierOutput, labels: [String], threshold: Float, cascade: Cascade?) {
        let probabilities = output.probabilities
        index = probabilities.likeliest
        label = labels[index]
        abstains = probabilities[index] < threshold
        defers = cascade?.defers(probabilities, familiarity: output.familiarity) ?? false
        score = cascade?.score.value(of: probabilities)
        familiarity = output.familiarity
        self.probabilities = Array(probabilities)
    }
}

extension UnsafeBufferPointer<Float> {
    /// Index of the largest value, the first one of equals.
    package var likeliest: Int {
        var best = 0
        for index in indices where self[index] > self[best] { best = index }
        return best
    }
}
