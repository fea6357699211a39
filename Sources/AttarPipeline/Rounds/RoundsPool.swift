import AttarData
import AttarStatistics

/// Which rows of a dataset can be asked about, and which judge.
struct RoundsPool {
    /// Rows with right labels to train on.
    let gold: [Int]
    /// Rows that judge what rounds bring: with right labels, or the first to be asked about.
    let judges: [Int]
    /// Whether the judges have right labels.
    let hasGoldJudges: Bool
    /// Rows that can be asked about, judges not among them, in a random order.
    let open: [Int]
    /// Rows that the held-out fingerprint knows.
    let contaminated: [Int]
    /// Near copies of other rows.
    let copies: Int

    /// Fewer judges with right labels say less than so many that the teacher has labelled.
    private static let leastGoldJudges = 100

    /// - Parameters:
    ///   - most: rows that may be asked about in all.
    ///   - further: texts that can still be written.
    init(
        _ dataset: TextDataset, _ recipe: Recipe, _ section: RoundsSection, heldOut: Fingerprint, most: Int,
        further: Int = 0
    ) {
        let contaminated = Set(TrainingDataset(dataset, heldOut: heldOut).contaminated.map(\.row))
        let clean = dataset.rows.indices.filter { row in
            !contaminated.contains(row) && dataset.rows[row].text.contains { !$0.isWhitespace }
        }
        let originals = nearDuplicates(
            in: clean.map { dataset.rows[$0].text }, threshold: recipe.data.nearDuplicateThreshold)
        let rows = zip(clean, originals).filter { $0.1 == nil }.map(\.0)
        self.contaminated = contaminated.sorted()
        copies = clean.count - rows.count

        var generator = SplitMix64(seed: UInt64(section.seed))
        let gold = generator.shuffled(rows.filter { dataset.rows[$0].gold != nil })
        let open = generator.shuffled(rows.filter { dataset.rows[$0].gold == nil })
        let goldJudges = min(section.validation, gold.count / 2)
        hasGoldJudges = goldJudges >= min(Self.leastGoldJudges, section.validation)
        if hasGoldJudges {
            judges = Array(gold.prefix(goldJudges))
            self.gold = Array(gold.dropFirst(goldJudges))
            self.open = open
        } else {
            // A small pool is for learning above all.
            let fair = min(open.count + further, most) / 4
            judges = Array(open.prefix(min(section.validation, fair, open.count / 2)))
            self.gold = gold
            self.open = Array(open.dropFirst(judges.count))
        }
    }

    /// The first rows to be asked about, drawn by chance.
    func first(_ section: RoundsSection, labels: Int, most: Int) -> [Int] {
        let asksJudges = hasGoldJudges ? [] : judges
        return asksJudges + open.prefix(max(min(section.firstTexts(labels: labels), most - asksJudges.count), 0))
    }
}
