import AttarData
import AttarStatistics

extension LabelStage {
    /// Right labels that the teachers read otherwise, where these are most by more than chance: of all texts or, if not, of
    /// single labels.
    mutating func tellContradictions(_ dataset: TextDataset) {
        let rows = dataset.rows.indices.filter { dataset.rows[$0].gold != nil }
        let judged = zip(rows, labels(of: rows, dataset)).compactMap { row, label in
            label.map { Judged(row: row, gold: dataset.rows[row].gold, label: $0) }
        }
        let all = Contradictions(judged)
        if all.areMost {
            report.note(text(all, of: "data.labelled", dataset))
            return
        }
        for (label, name) in dataset.labels.enumerated() {
            let own = Contradictions(judged.filter { $0.gold == label })
            if own.areMost { report.note(text(own, of: "“\(name)” in data.labelled", dataset)) }
        }
    }

    private func text(_ found: Contradictions, of what: String, _ dataset: TextDataset) -> String {
        let samples = found.rows.prefix(3).compactMap { judged -> String? in
            guard let gold = judged.gold else { return nil }
            let row = dataset.rows[judged.row]
            return "\(row.id) “\(row.text.shortened)” (“\(dataset.labels[gold])”, which the teacher takes for "
                + "“\(dataset.labels[judged.label])”)"
        }
        let (lower, upper) = (found.interval.lower, found.interval.upper)
        return "The teacher reads most texts of \(what) otherwise than they are labelled: \(found.rows.count) of "
            + "\(found.judged) (95 % interval: \(percent(lower)) to \(percent(upper)) %), such as "
            + samples.joined(separator: "; ")
            + ". Either these labels are wrong, or names and descriptions of the labels do not tell it what they mean. "
            + "Look through them with `attar dataset review \(context.directory.shownPath)`."
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))" }
}

private struct Judged {
    let row: Int
    let gold: Int?
    /// What the teachers say.
    let label: Int
}

private struct Contradictions {
    let judged: Int
    let rows: [Judged]
    let interval: Interval

    init(_ judged: [Judged]) {
        self.judged = judged.count
        rows = judged.filter { $0.gold != $0.label }
        interval = rateInterval(successes: rows.count, trials: judged.count)
    }

    var areMost: Bool { interval.lower > 0.5 }
}
