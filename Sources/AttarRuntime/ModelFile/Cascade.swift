/// When a model answers by itself, and what holds of its answers; the other texts it defers to a larger one.
public struct Cascade: Sendable, Equatable {
    /// How sure an answer is, from probabilities: 0…1, the larger the surer.
    public enum Score: UInt32, Sendable, CaseIterable {
        /// The largest probability.
        case probability = 1
        /// The largest less the second largest.
        case margin = 2
        /// 1 less the entropy as a share of the largest there can be.
        case entropy = 3
    }

    /// What an answer is right by.
    public enum Standard: UInt32, Sendable, CaseIterable {
        /// The right labels of the data.
        case gold = 1
        /// What the teacher says.
        case teacher = 2
    }

    public var score: Score
    public var standard: Standard
    /// The share of right answers among those given, and with which confidence it is at least so large for texts like
    /// those that the thresholds were fitted on. 0…1.
    public var target: Float
    public var confidence: Float
    /// Texts that the thresholds were fitted on, and the share of them that is answered.
    public var rows: Int
    public var coverage: Float
    /// The least score of an answer: one for all labels, or one a label. Above 1: never answered.
    public var thresholds: [Float]
    /// The least familiarity of a text that is answered. 0…1.
    public var leastFamiliarity: Float
    /// What tells how familiar a text is; nil where every text with features counts as familiar.
    public var familiar: FamiliarTokens?

    /// A threshold that no score reaches.
    public static let never: Float = 2

    public init(
        score: Score, standard: Standard, target: Float, confidence: Float, rows: Int, coverage: Float,
        thresholds: [Float], leastFamiliarity: Float = 0, familiar: FamiliarTokens? = nil
    ) {
        self.score = score
        self.standard = standard
        self.target = target
        self.confidence = confidence
        self.rows = rows
        self.coverage = coverage
        self.thresholds = thresholds
        self.leastFamiliarity = leastFamiliarity
        self.familiar = familiar
    }

    /// Whether the model leaves a text to the larger one.
    ///
    /// - Parameter familiarity: 0 where no feature of the text is known: such a text is never answered.
    public func defers(_ probabilities: UnsafeBufferPointer<Float>, familiarity: Float) -> Bool {
        let threshold = thresholds.count == 1 ? thresholds[0] : thresholds[probabilities.likeliest]
        // A score that is not a number does not answer.
        return !(familiarity > 0 && familiarity >= leastFamiliarity && score.value(of: probabilities) >= threshold)
    }
}

extension Cascade {
    /// Which rows the model answers by itself, from their probabilities (rows × labels, row-major) and familiarities.
    package func answers(_ probabilities: [Float], familiarities: [Float], labels count: Int) -> [Bool] {
        probabilities.withUnsafeBufferPointer { all in
            familiarities.indices.map { row in
                !defers(
                    UnsafeBufferPointer(rebasing: all[(row * count)..<((row + 1) * count)]),
                    familiarity: familiarities[row])
            }
        }
    }
}

extension Cascade.Score {
    /// The scores of rows of probabilities (rows × labels, row-major).
    package func values(of probabilities: [Float], labels count: Int) -> [Float] {
        probabilities.withUnsafeBufferPointer { all in
            stride(from: 0, to: all.count, by: count).map {
                value(of: UnsafeBufferPointer(rebasing: all[$0..<($0 + count)]))
            }
        }
    }

    /// The score of a row of probabilities, as `Format.md` lays it down to the bit.
    public func value(of probabilities: UnsafeBufferPointer<Float>) -> Float {
        switch self {
        case .probability: return probabilities[probabilities.likeliest]
        case .margin:
            var (first, second): (Float, Float) = (0, 0)
            for probability in probabilities {
                if probability > first {
                    (first, second) = (probability, first)
                } else if probability > second {
                    second = probability
                }
            }
            return first - second
        case .entropy:
            guard probabilities.count > 1 else { return 1 }
            var sum = 0.0
            for probability in probabilities where probability > 0 {
                sum += Double(probability) * naturalLogarithm(Double(probability))
            }
            let score = 1 + sum / naturalLogarithm(Double(probabilities.count))
            return score > 0 ? Float(score) : 0
        }
    }
}

/// The natural logarithm of a positive normal number with the same bits everywhere.
///
/// x = m·2ᵉ with m near 1, then the series of 2 artanh((m − 1) / (m + 1)) (Abramowitz and Stegun 1964, 4.1.27).
func naturalLogarithm(_ x: Double) -> Double {
    let bits = x.bitPattern
    var power = Double(Int32(truncatingIfNeeded: bits >> 52)) - 1023
    var mantissa = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
    if mantissa > 1.4142135623730951 {
        mantissa *= 0.5
        power += 1
    }
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var sum = 0.0
    var divisor = 19
    while divisor > 0 {
        sum = sum * square + 1 / Double(divisor)
        divisor -= 2
    }
    return power * 0.69314718055994531 + 2 * ratio * sum
}
