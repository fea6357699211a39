extension Ledger {
    /// Notes that the call is about to be sent and holds `amount` for it, unless somebody settled it in the meantime or
    /// the account would go beyond the budget.
    func reserve(
        _ keyed: KeyedCall, holding amount: Amount, on account: String, within budget: Budget
    ) async throws -> Reservation {
        try await submit(.reserve(keyed, amount, account: account, budget))
    }

    /// Stores the answer for good and returns the one that counts: the first that was ever settled for this key.
    func settle(
        _ keyed: KeyedCall, with answer: SettledAnswer, correction: Amount, on account: String
    ) async throws -> SettledAnswer {
        let result = try await submit(.settle(keyed, answer, correction: correction, account: account))
        if case .settled(let first) = result { return first }
        return answer
    }

    /// Stores an answer that cost nothing, such as an imported one; as above.
    package func settle(_ call: TeacherCall, with answer: SettledAnswer) async throws -> SettledAnswer {
        try await settle(KeyedCall(call), with: answer, correction: Amount(), on: "")
    }

    /// Takes back a reservation whose call certainly came to nothing.
    func release(_ key: CallKey) async throws {
        _ = try await submit(.release(key))
    }

    /// Corrects what the account holds, where the call stays reserved.
    func correct(by amount: Amount, on account: String) async throws {
        _ = try await submit(.correct(amount, account: account))
    }

    /// What was ever spent on the account, or is held for calls that are under way or were broken off.
    package func spent(on account: String) async throws -> Amount {
        try await read { try LedgerSchema.spent(on: account, in: $0) }
    }
}
