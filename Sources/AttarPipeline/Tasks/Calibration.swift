import AttarStatistics

/// How scores become probabilities.
package struct Calibration: Codable, Sendable, Equatable {
    package let method: String
    /// The temperature of the softmax; 1 where the scales of the classes hold it.
    package let temperature: Double
    package let rows: Int
    /// Scales and offsets of the classes' logits.
    package var vector: VectorScaling?
    /// A map of the softmax's probabilities.
    package var isotonic: IsotonicScaling?
    /// What the methods were chosen by, where they were.
    package var candidates: [Candidate]?

    /// How well a method does on rows that it was not fitted on.
    package struct Candidate: Codable, Sendable, Equatable {
        package let method: String
        package let logLoss: Double
        /// By how much the loss is above the temperature's, and the standard error of that.
        package let difference: Double
        package let standardError: Double
    }

    package init(method: String, temperature: Double, rows: Int) {
        self.method = method
        self.temperature = temperature
        self.rows = rows
    }

    /// No calibration.
    package static func none(rows: Int) -> Calibration { Calibration(method: "none", temperature: 1, rows: rows) }

    /// Probabilities of logits, in double precision: for choices; a model computes its own.
    func probabilities(of logits: [Float], classCount: Int) -> [Float] {
        let scaled = vector?.applied(to: logits) ?? logits
        let probabilities = softmax(scaled, temperature: temperature, classCount: classCount)
        return isotonic?.applied(to: probabilities, classCount: classCount) ?? probabilities
    }
}

/// Rows × classes, row-major.
private func softmax(_ logits: [Float], temperature: Double, classCount: Int) -> [Float] {
    stride(from: 0, to: logits.count, by: classCount).flatMap { start in
        let row = logits[start..<(start + classCount)].map(Double.init)
        let largest = row.max() ?? 0
        let powers = row.map { exponential(($0 - largest) / temperature) }
        let total = powers.reduce(0, +)
        return powers.map { Float($0 / total) }
    }
}
