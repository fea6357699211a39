import AttarTeacher

// What the stage tells of the texts that were written.
extension GenerateStage {
    mutating func tell(_ written: TextWriter.Written) {
        let texts = written.texts
        report.count("texts asked for", texts.count)
        let notAskedFor = written.notAskedFor.reduce(0, +)
        if notAskedFor > 0 {
            report.count("texts not asked for", notAskedFor, because: "none before them of their label was of use")
        }
        let hard = texts.count { $0.request.isHard }
        if hard > 0 { report.count("hard cases among them", hard) }
        for rejection in GeneratedText.Rejection.allCases {
            let count = texts.count { $0.rejection == rejection }
            if count > 0 { report.count("rejected: \(rejection.meaning)", count) }
        }
        for (flaw, count) in written.flaws.counts { report.count("rejected: \(flaw.meaning)", count) }
        report.count("texts written", zip(texts, written.flaws).count { $0.text != nil && $1 == nil })
        let again = texts.count { $0.request.pass > 0 }
        if again > 0 {
            report.count(
                "texts for a combination of attributes that was there before", again,
                because: "the grid has no more of them")
        }
        report.add(written.spending)
    }

    /// Labels that hardly a text was written for, with examples of what came back; throws where that leaves fewer than two.
    mutating func tellLabels(_ written: TextWriter.Written) throws {
        var failed: [String] = []
        for label in labels.indices {
            let asked = written.texts.indices.filter { written.texts[$0].request.label == label }
            let lost = asked.filter { written.texts[$0].text == nil || written.flaws[$0] != nil }
            let rest = written.notAskedFor[label]
            guard !asked.isEmpty, 5 * (asked.count - lost.count) < asked.count || rest > 0 else { continue }
            let samples = AnswerSamples(
                lost.map { index in
                    let text = written.texts[index]
                    return (text.answer, text.rejection?.meaning ?? written.flaws[index]?.meaning)
                })
            let isFailed = lost.count == asked.count
            let story =
                (isFailed
                    ? "no text of “\(labels[label])” that can be used: all \(asked.count) were rejected, "
                    : "hardly a text of “\(labels[label])” that can be used: \(lost.count) of \(asked.count) were rejected, ")
                + samples.text
            if isFailed, !own.contains(where: { $0.gold == label || $0.source == .unlabelled }) { failed.append(story) }
            report.note(
                "The teacher wrote \(story)."
                    + (rest > 0 ? " \(rest) more were not asked for." : "")
                    + " Describe the label in synthesis.instruction, or give texts of it in data.labelled.")
        }
        if labels.count - failed.count < 2 { throw TextDataError.nothingWritten(labels: failed) }
    }
}

extension GeneratedText.Rejection {
    fileprivate var meaning: String {
        switch self {
        case .empty: "empty"
        case .tooShort: "too short"
        case .echo: "repeats the prompt"
        case .cut: "cut off in its first sentence"
        case .refusal: "the teacher refuses, or speaks of itself"
        case .unchanged: "an edit that changed nothing"
        }
    }
}
