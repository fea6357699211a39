import AttarData
import AttarTeacher

/// The user's own texts as far as the teacher may see them as examples: without those that are held out, and those that
/// contradict one another.
struct GenerationSeeds {
    private(set) var examples: [GenerationExample] = []
    /// Texts with a right label.
    let labelled: Int
    private(set) var heldOut = 0
    /// Rows that are nearly the same text as another one with another label.
    private(set) var contradicting: [TextRow] = []

    init(_ rows: [TextRow], labels: [String], heldOut fingerprint: Fingerprint?, nearDuplicateThreshold: Double) {
        let labelled = rows.filter { $0.gold != nil }
        self.labelled = labelled.count
        let isHeldOut = concurrentMap(labelled) { fingerprint?.knows($0.text) ?? false }
        heldOut = isHeldOut.count { $0 }
        let clean = zip(labelled, isHeldOut).filter { !$0.1 }.map(\.0)
        let groups = nearDuplicateGroups(in: clean.map(\.text), threshold: nearDuplicateThreshold)
        var labelsOfGroup: [Int: Set<Int>] = [:]
        for (row, group) in zip(clean, groups) {
            if let gold = row.gold { labelsOfGroup[group, default: []].insert(gold) }
        }
        for (row, group) in zip(clean, groups) {
            guard let gold = row.gold else { continue }
            if labelsOfGroup[group, default: []].count > 1 {
                contradicting.append(row)
            } else {
                examples.append(GenerationExample(text: row.text, label: labels[gold]))
            }
        }
    }

    /// What is wrong with the seeds, in words.
    func tell(_ report: inout StageReport, labels: [String]) {
        if heldOut > 0 {
            report.count("seeds left out: known to the held-out fingerprint", heldOut, because: "of \(labelled)")
        }
        guard !contradicting.isEmpty else { return }
        report.count(
            "seeds left out: contradicting", contradicting.count,
            because: "nearly the same text as another one with another label")
        let shown = contradicting.prefix(6).map { row in
            "\(row.id) “\(row.text.shortened)” (\(row.gold.map { labels[$0] } ?? ""))"
        }
        report.note(
            "Texts of data.labelled contradict one another and are not shown to the teacher: "
                + shown.joined(separator: "; ") + (contradicting.count > shown.count ? "; …" : "") + ".")
    }
}

extension SynthesisSection {
    /// How many of the user's own texts a call shows.
    func seedExamples(of seeds: Int) -> Int {
        min(seeds, seedExamples ?? (examples.isEmpty ? 4 : 0))
    }

    /// Whether the teacher sees any: as examples, or to edit.
    var showsSeeds: Bool { seedExamples(of: 1) > 0 || hardCases > 0 }
}

extension String {
    /// The beginning, for messages.
    var shortened: String { count > 80 ? prefix(78) + "…" : self }
}
