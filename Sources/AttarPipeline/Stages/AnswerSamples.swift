import AttarData

/// A few of many useless answers, for messages: what came most often, and different ones beside it.
struct AnswerSamples {
    private static let mostShown = 3

    private struct Sample {
        let shown: String
        var count = 1
    }

    private let all: Int
    /// The most frequent first, else in the order in which they came.
    private let samples: [Sample]

    init(_ answers: [String]) { self.init(answers.map { ($0, nil) }) }

    /// - Parameter answers: each with why it is useless.
    init(_ answers: [(text: String, reason: String?)]) {
        all = answers.count
        var places: [String: Int] = [:]
        var samples: [Sample] = []
        for (text, reason) in answers {
            let shown = "“\(text.shortened)”" + (reason.map { " (\($0))" } ?? "")
            let key = normalizedText(text) + "\n" + (reason ?? "")
            if let place = places[key] {
                samples[place].count += 1
            } else {
                places[key] = samples.count
                samples.append(Sample(shown: shown))
            }
        }
        self.samples = samples.enumerated().sorted { one, other in
            (other.element.count, one.offset) < (one.element.count, other.offset)
        }.map(\.element)
    }

    /// “53 of 60 answers are the same: “…”; others: “…”” or “such as “…”; “…””.
    var text: String {
        guard let first = samples.first else { return "no answer at all" }
        let others = samples.dropFirst().prefix(Self.mostShown - 1).map(\.shown)
        if first.count == 1 { return "such as " + ([first.shown] + others).joined(separator: "; ") }
        let part = first.count == all ? "all \(all)" : "\(first.count) of \(all)"
        let same = "\(part) answers are the same: \(first.shown)"
        return others.isEmpty ? same : "\(same); others: \(others.joined(separator: "; "))"
    }
}
