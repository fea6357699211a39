import AttarTeacher
import Foundation

extension RunPlan {
    /// The plan as lines for a person.
    package var text: [String] {
        var text = lines.flatMap(describe)
        if done.contains(.label), lines.allSatisfy({ $0.stage != .label }) {
            text.append("label  done: asks for nothing more")
        }
        text += roundsText
        if done.contains(.evaluate) { text.append("evaluate  done: asks for nothing more") }
        guard !text.isEmpty else { return ["Nothing is asked of a teacher."] }
        let open = lines.reduce(0) { $0 + $1.calls.lowerBound }
        let most = lines.reduce(0) { $0 + $1.calls.upperBound }
        let costs = lines.compactMap(\.cost)
        if lines.count > 1 {
            let cost =
                costs.isEmpty
                ? "" : ", cost \(money(costs.reduce(0) { $0 + $1.lowerBound }, costs.reduce(0) { $0 + $1.upperBound }))"
            text.append("in all: \(range(open...most)) calls to send\(cost)")
        }
        if spent != Amount() {
            text.append(
                "spent so far by this run: \(spent.requests) requests, \(spent.tokens) tokens"
                    + (costs.isEmpty ? "" : ", \(figure(spent.cost))"))
        }
        return text + warnings(open: open, costs: costs)
    }

    private func describe(_ line: Line) -> [String] {
        let coverage = line.coverage
        let isInRounds = rounds != nil && line.stage != .evaluate
        let calls = coverage.open + coverage.recorded
        let about = line.isExact || isInRounds ? "" : "about "
        var parts = ["\(isInRounds ? "at most " : about)\(calls) calls, \(coverage.recorded) of them in the ledger"]
        if coverage.open > 0 {
            parts.append(
                "\(about)\(range(line.calls)) to send: \(range(line.inputTokens)) tokens in, \(range(line.outputTokens)) out"
            )
            if let cost = line.cost { parts.append("cost \(money(cost.lowerBound, cost.upperBound))") }
            parts.append(
                line.seconds.map { "\(isInRounds ? "at most" : "about") \(time($0))" }
                    ?? "time unknown (attar teacher probe measures it)")
        }
        return ["\(line.stage.rawValue)  \(line.model)"] + parts.map { "  " + $0 }
    }

    private func warnings(open: Int, costs: [ClosedRange<Double>]) -> [String] {
        var warnings: [String] = []
        if let limit = budget.requests, spent.requests + open > limit {
            warnings.append("The run will pause at teacher.request-limit: \(limit).")
        }
        let tokens = lines.reduce(0) { $0 + $1.inputTokens.lowerBound + $1.outputTokens.lowerBound }
        if let limit = budget.tokens, spent.tokens + tokens > limit {
            warnings.append("The run will pause at teacher.token-limit: \(limit).")
        }
        if let limit = budget.cost, spent.cost + costs.reduce(0, { $0 + $1.lowerBound }) > limit {
            warnings.append("The run will pause at teacher.cost-limit: \(figure(limit)).")
        }
        return warnings
    }

    /// The plan for other programs.
    package var json: JSONValue {
        func pair(_ range: ClosedRange<Int>) -> JSONValue { [.integer(range.lowerBound), .integer(range.upperBound)] }
        return [
            "stages": .list(
                lines.map { line in
                    [
                        "stage": .text(line.stage.rawValue), "model": .text(line.model),
                        "exact": .boolean(line.isExact),
                        "recorded": .integer(line.coverage.recorded), "open": .integer(line.coverage.open),
                        "calls": pair(line.calls), "input-tokens": pair(line.inputTokens),
                        "output-tokens": pair(line.outputTokens),
                        "cost": line.cost.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null,
                        "seconds": line.seconds.map { .number($0) } ?? .null,
                    ]
                }),
            "done": .list(done.map { .text($0.rawValue) }),
            "spent": [
                "requests": .integer(spent.requests), "tokens": .integer(spent.tokens), "cost": .number(spent.cost),
            ],
            "rounds": rounds.map { rounds in
                [
                    "texts": pair(rounds.texts), "judges": .integer(rounds.judges),
                    "limit": rounds.limit.map { .text($0) } ?? .null,
                    "worth-per-point": rounds.worthPerPoint.map { .number($0) } ?? .null,
                ]
            } ?? .null,
        ]
    }

    private func range(_ range: ClosedRange<Int>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    private func money(_ low: Double, _ high: Double) -> String {
        figure(low) == figure(high) ? figure(low) : "\(figure(low)) to \(figure(high))"
    }

    private func figure(_ value: Double) -> String { String(format: value < 0.1 ? "%.4f" : "%.2f", value) }

    private func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(seconds.rounded(.up))) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        default: String(format: "%.1f h", seconds / 3600)
        }
    }
}
