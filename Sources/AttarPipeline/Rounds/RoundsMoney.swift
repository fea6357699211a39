import AttarTeacher

/// What rounds may spend of the teacher's limits: all but what its answers to held-out rows are likely to take.
///
/// It goes by what answers took, paid now or before, so that the same recipe and answers make the same rounds.
struct RoundsMoney: Sendable {
    let limits: Budget
    /// For texts that were written before the rounds, a request each.
    let written: Amount
    /// Held-out rows that the teacher is to be asked about.
    let heldOutRows: Int
    /// How long these are beside texts of the pool; 1 at least, as most of a prompt is the same for all.
    let heldOutLength: Double

    /// As many texts' tokens as one call may hold: a byte counts as one, and short prompts have options beside them.
    private static let textsHeld = 12.0

    /// To be kept for the held-out rows: the mean of the labels so far, a tenth more and five texts more, since the last call holds
    /// the most that it can take.
    func kept(labels: Amount, texts: Int) -> Amount {
        guard heldOutRows > 0, texts > 0 else { return Amount() }
        let share = Double(heldOutRows + max(heldOutRows / 10, 5)) / Double(texts)
        var amount = labels.scaled(by: share * heldOutLength)
        amount.requests = labels.scaled(by: share).requests
        return amount
    }

    /// How many texts can still be asked about where `texts` of them took `price`: some less, as the next ones may be dearer, and
    /// the last call holds the most that it can take. So the ledger does not break a round off.
    func texts(after taken: Amount, price: Amount, of texts: Int) -> Int {
        func fitting(_ limit: Double?, _ taken: Int, _ price: Int) -> Double {
            guard let limit, price > 0, texts > 0 else { return .infinity }
            return max(limit - Double(taken), 0) * Double(texts) / Double(price)
        }
        let most = [
            fitting(limits.requests.map(Double.init), taken.requests, price.requests),
            fitting(limits.tokens.map(Double.init), taken.tokens, price.tokens),
            fitting(limits.cost.map { $0 * 1e12 }, taken.picoCost, price.picoCost),
        ].min()
        let texts = min(most ?? .infinity, 1e9)
        return Int(max(texts - max(texts / 20, Self.textsHeld), 0))
    }

    /// What is kept, limit by limit; nil where nothing is.
    ///
    /// - Parameters:
    ///   - open: of what is kept, what is not in the ledger yet.
    ///   - taken: by everything so far.
    func words(kept: Amount, open: Amount, taken: Amount) -> String? {
        guard kept != Amount() else { return nil }
        var sentences: [String] = []
        func add(_ key: String, _ limit: Double?, _ kept: Double, _ open: Double, _ taken: Double, digits: Int) {
            guard let limit else { return }
            let left = limit - taken
            guard left >= kept || open > 0 else { return }
            sentences.append(
                left >= kept
                    ? "Of teacher.\(key) \(limit.digits(digits)), \(kept.digits(digits)) is kept for the teacher's answers to "
                        + "\(heldOutRows) held-out rows."
                    : "Of teacher.\(key) \(limit.digits(digits)), \(max(left, 0).digits(digits)) is left after the first round, and the "
                        + "teacher's answers to \(heldOutRows) held-out rows are likely to take \(kept.digits(digits)): if they "
                        + "do, the run will pause in the stage evaluate. Raise the limit, or turn evaluate.teacher off."
            )
        }
        add(
            "request-limit", limits.requests.map(Double.init), Double(kept.requests), Double(open.requests),
            Double(taken.requests), digits: 0)
        add(
            "token-limit", limits.tokens.map(Double.init), Double(kept.tokens), Double(open.tokens),
            Double(taken.tokens), digits: 0)
        add("cost-limit", limits.cost, kept.cost, open.cost, taken.cost, digits: 4)
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }
}
