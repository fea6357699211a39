import AttarStatistics

/// What one round came to.
package struct LabelRound: Codable, Sendable, Equatable {
    package enum Decision: Codable, Sendable, Equatable {
        case goesOn
        case stops(Reason)
    }

    package enum Reason: String, Codable, Sendable {
        /// The next round costs more than it brings.
        case notWorth = "not worth its price"
        case budget = "budget"
        case poolEmpty = "pool empty"
        case teacherLimit = "limit of the teacher"
        /// Another round would not fit in the teacher's limits.
        case teacherSpent = "no room in the limit of the teacher"
        case noAnswers = "no answers"
        /// None of the texts that were written for it can be asked about.
        case noTexts = "no texts of use"
    }

    /// Judges of one label that the student takes for another.
    package struct Confusion: Codable, Sendable, Equatable {
        package let label: String
        package let takenFor: String
        package let count: Int
    }

    package let number: Int
    /// Texts asked about in this round, and in all.
    package let asked: Int
    package let askedInAll: Int
    /// Texts that the student was trained on.
    package let trained: Int
    /// Paid so far, in the recipe's currency; nil without prices.
    package let cost: Double?
    /// Of the student on the texts that judge; nil without any.
    package let accuracy: Double?
    package let accuracyInterval: Interval?
    /// The most frequent ones.
    package let confusions: [Confusion]
    /// Texts of the next round.
    package var next = 0
    /// What the next round is likely to bring, and what it costs.
    package var gain: ExpectedGain?
    package var nextPrice: Double?
    package var decision = Decision.goesOn
    package var remark: String?

    /// Points of accuracy for each unit of money in the next round.
    package var gainPerCost: Double? { perCost(gain?.gain) }
    package var gainPerCostInterval: (lower: Double, upper: Double)? {
        guard let lower = perCost(gain?.interval.lower), let upper = perCost(gain?.interval.upper) else { return nil }
        return (lower, upper)
    }

    private func perCost(_ gain: Double?) -> Double? {
        guard let gain, let nextPrice, nextPrice > 0 else { return nil }
        return 100 * gain / nextPrice
    }
}

/// Rounds that cannot begin or go on.
package enum RoundsError: Error, Equatable, Sendable {
    case fewerThanLabels(key: String, rows: Int, labels: Int)
    /// The least that the first round, and then the answers to held-out rows, are likely to take is beyond a limit.
    case limitTooSmall(
        key: String, limit: Double, spent: Double, first: Int, price: Double, heldOut: Int, heldOutPrice: Double)
    case noAnswers(asked: Int, teacher: String)
}

extension RoundsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .fewerThanLabels(let key, let rows, let labels):
            "rounds: expected a budget for at least one text of each of the \(labels) labels; \(key) allows \(rows). "
                + "Nothing was sent: raise it, or give fewer labels"
        case .limitTooSmall(let key, let limit, let spent, let first, let price, let heldOut, let heldOutPrice):
            "rounds: expected a limit for the first round and an evaluation; the first \(first) texts take \(price.digits(4)) at least, "
                + (heldOut > 0
                    ? "the teacher's answers to \(heldOut) held-out rows then \(heldOutPrice.digits(4)), " : "")
                + "and \(key) is \(limit.digits(4))\(spent > 0 ? ", \(spent.digits(4)) of it spent" : ""). Nothing was sent for them: "
                + "raise it, or give smaller rounds.first and rounds.validation\(heldOut > 0 ? ", or evaluate.teacher: false" : "")"
        case .noAnswers(let asked, let teacher):
            "rounds: expected labels from \(teacher); none of its answers about the first \(asked) texts names one. "
                + "`attar teacher probe` shows what it says; see `labelling`"
        }
    }
}

extension Double {
    /// Rounded to so many digits after the point; whole numbers without one.
    func digits(_ count: Int) -> String {
        var scale = 1.0
        for _ in 0..<count { scale *= 10 }
        let rounded = (self * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
