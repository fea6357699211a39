import AttarStatistics

/// How good a student is on validation rows.
package struct ValidationScore: Sendable, Equatable {
    /// Share of rows whose likeliest label is the target's.
    package let accuracy: Double
    /// Mean cross-entropy to the targets, nats.
    package let loss: Double

    package init(accuracy: Double, loss: Double) {
        self.accuracy = accuracy
        self.loss = loss
    }

    /// - Parameters:
    ///   - logits, targets: `[rows, classes]`; targets sum to 1 a row. The result has the same bits on every machine.
    package init(logits: [Float], targets: [Float], classes: Int) {
        let rows = classes > 0 ? logits.count / classes : 0
        var (hits, sum) = (0, 0.0)
        for row in 0..<rows {
            let range = (row * classes)..<((row + 1) * classes)
            let (z, target) = (logits[range], targets[range])
            if likeliest(z) == likeliest(target) { hits += 1 }
            let largest = Double(z.max() ?? 0)
            let total = z.reduce(0.0) { $0 + exponential(Double($1) - largest) }
            let logTotal = CanonicalMath.logarithm(total)
            for (logit, share) in zip(z, target) where share > 0 {
                sum += Double(share) * (logTotal - (Double(logit) - largest))
            }
        }
        accuracy = rows > 0 ? Double(hits) / Double(rows) : 0
        loss = rows > 0 ? sum / Double(rows) : 0
    }

    /// Higher accuracy first, then lower loss.
    package func isBetter(than other: ValidationScore) -> Bool {
        accuracy != other.accuracy ? accuracy > other.accuracy : loss < other.loss
    }
}

/// Index of the largest value, the first one of equals; 0 for none.
package func likeliest(_ values: some Sequence<Float>) -> Int {
    var best = (index: 0, value: -Float.infinity)
    for (index, value) in values.enumerated() where value > best.value { best = (index, value) }
    return best.index
}

/// Chooses the epoch to keep, and says when to stop.
///
/// Validation sets are small and a schedule that falls to zero does best at its end, so the choice is the last epoch whose
/// accuracy is within one standard error of the best (the one-standard-error rule: Breiman et al. 1984, section 3.4.3), not
/// the luckiest one.
package struct EarlyStopping: Sendable {
    /// Epochs in a row that are clearly worse than the best after which training stops; 0 for never.
    package let patience: Int
    /// Rows behind each score.
    package let rows: Int
    /// The epoch to keep, counted from 1.
    package private(set) var chosen: (epoch: Int, score: ValidationScore)?
    /// The best score so far, which may be of a later or earlier epoch than the one to keep.
    package private(set) var best: ValidationScore?

    package init(patience: Int, rows: Int) {
        self.patience = patience
        self.rows = rows
    }

    /// As it was when it was stored.
    init(patience: Int, rows: Int, chosen: (epoch: Int, score: ValidationScore)?, best: ValidationScore?) {
        self.patience = patience
        self.rows = rows
        self.chosen = chosen
        self.best = best
    }

    /// Notes an epoch's score; true where it is the one to keep so far.
    package mutating func note(_ score: ValidationScore, epoch: Int) -> Bool {
        if best.map({ score.isBetter(than: $0) }) ?? true { best = score }
        guard let best else { return false }
        let standardError = (best.accuracy * (1 - best.accuracy) / Double(max(rows, 1))).squareRoot()
        guard score.accuracy >= best.accuracy - standardError else { return false }
        chosen = (epoch, score)
        return true
    }

    package func shouldStop(after epoch: Int) -> Bool {
        patience > 0 && epoch - (chosen?.epoch ?? epoch) >= patience
    }
}
