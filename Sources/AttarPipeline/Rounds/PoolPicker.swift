import AttarData
import AttarRuntime
import AttarTraining

/// A text that is worth a label, and why.
package struct PoolPick: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        case chance
        /// The two likeliest labels, and how far apart their probabilities are.
        case unsure(first: Int, second: Int, margin: Double)
    }

    package let row: Int
    package let reason: Reason
}

/// Chooses texts of a pool: those whose two likeliest labels are closest (margin: Scheffer et al. 2001), and that are unlike each
/// other.
///
/// Greedily takes the largest (1 − margin) · √(1 − s), s the largest similarity to a text that is taken already: the cosine of word
/// vectors weighed by their rarity (tf-idf). The result depends on texts, probabilities and their order alone.
package struct PoolPicker: Sendable {
    private let vectors: WordVectors

    /// Texts that are looked at for each one that is wanted, the least sure ones.
    private static let choice = 10

    package init(texts: [String]) {
        vectors = WordVectors(of: texts)
    }

    /// - Parameters:
    ///   - rows: the texts to choose from, as indices of those that the picker was made with.
    ///   - probabilities: of the labels, for each of `rows`.
    ///   - near: texts that none should be alike.
    ///   - isSpread: whether they are to be unlike each other.
    package func pick(
        _ count: Int, of rows: [Int], probabilities: [[Float]], unlike near: [Int] = [], isSpread: Bool = true
    ) -> [PoolPick] {
        let margins = probabilities.map(Margin.init)
        let order = rows.indices.sorted { (margins[$0].value, $0) < (margins[$1].value, $1) }
        let candidates = Array(order.prefix(isSpread ? max(count * Self.choice, count) : count))
        let chosen =
            isSpread
            ? vectors.spread(
                count, of: candidates.map { rows[$0] }, utilities: candidates.map { 1 - margins[$0].value },
                unlike: near)
            : Array(candidates.indices)
        return chosen.map { position in
            let margin = margins[candidates[position]]
            return PoolPick(
                row: rows[candidates[position]],
                reason: .unsure(first: margin.first, second: margin.second, margin: margin.value))
        }
    }
}

/// The two likeliest labels.
private struct Margin {
    var first = 0
    var second = 0
    /// Difference of their probabilities.
    var value = 1.0

    init(_ probabilities: [Float]) {
        guard probabilities.count > 1 else { return }
        first = likeliest(probabilities)
        var rest = probabilities
        rest[first] = -1
        second = likeliest(rest)
        value = Double(probabilities[first]) - Double(probabilities[second])
    }
}
