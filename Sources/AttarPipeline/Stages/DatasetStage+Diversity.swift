import AttarData
import AttarEvaluation
import Foundation

extension DatasetStage {
    /// How different the generated texts are that are kept.
    mutating func writeDiversity(of dataset: TextDataset) throws {
        let rows = dataset.rows.filter { $0.source == .generated }
        let own = dataset.rows.filter { $0.source != .generated }.map(\.text)
        let figures =
            rows.isEmpty
            ? nil
            : DiversityFigures(
                of: rows.map(\.text), seeds: own, heldOut: fingerprint, grid: coverage(of: rows, dataset.labels))
        for (index, share) in (figures?.distinct ?? []).enumerated() {
            if let share { report.measure("distinct-\(index + 1) of generated texts", share) }
        }
        if let figures, let value = figures.selfBLEU {
            report.measure("self-BLEU of \(figures.selfBLEUSample) generated texts", value)
        }
        if let pairs = figures?.grid?.pairs, let share = pairs.share {
            report.measure("pairs of attribute values covered", share, unit: "of \(pairs.possible)")
        }
        try AtomicFile.write(try JSONEncoder.readable.encode(figures), to: context.file(Stage.diversityFile))
    }

    /// Of the grids of all labels; nil without attributes.
    private func coverage(of rows: [TextRow], _ labels: [String]) -> GridCoverage? {
        guard let synthesis = recipe.synthesis else { return nil }
        let task = recipe.generationTask(synthesis, labels: labels)
        var attributes = task.attributes
        if var openings = task.openings {
            openings.name = TextRow.Mark.opening
            attributes.append(openings)
        }
        guard !attributes.isEmpty else { return nil }
        return GridCoverage(
            joining: labels.enumerated().map { index, label in
                let values = rows.filter { $0.intended == index }.map { row in
                    attributes.map { row.attributes[$0.name] ?? "" }
                }
                return (
                    label,
                    GridCoverage(of: values, grid: attributes.map { (name: $0.name, values: $0.values(for: label)) })
                )
            })
    }
}

extension DiversityFigures {
    /// As the report shows them.
    var named: [NamedFigure] {
        func figure(_ name: String, _ value: Double?, _ meaning: String) -> NamedFigure? {
            value.map { NamedFigure(name, $0, meaning: meaning) }
        }
        let runs = ["words", "pairs of neighbouring words", "runs of three words"]
        var figures = zip(distinct, runs).enumerated().map { index, pair in
            figure(
                "distinct-\(index + 1)", pair.0,
                "Different \(pair.1) over all of them: 1 where none comes twice. It falls as texts get more.")
        }
        figures.append(
            figure(
                "self-BLEU", selfBLEU,
                "How much of a text's wording stands in the others, of \(selfBLEUSample) texts: 0 nothing, 1 all. Lower is more varied."
            ))
        figures.append(
            figure("near-duplicates", nearCopies, "The share of kept texts that nearly copy one before them."))
        for (name, part) in [("values", grid?.values), ("pairs of values", grid?.pairs), ("combinations", grid?.cells)]
        {
            guard let part else { continue }
            figures.append(
                figure(
                    "attribute grid: \(name)", part.share,
                    "\(part.covered) of \(part.possible) that the recipe's attributes allow have a kept text."))
        }
        figures.append(
            figure(
                "similarity to the nearest own text", seeds?.meanSimilarity,
                "Shared runs of characters (Jaccard), mean over generated texts: near 1 copies the user's own texts, near 0 has little to do with them."
            ))
        figures.append(
            figure(
                "copies of own texts", seeds?.copies, "The share of generated texts that nearly copy one of the user's."
            ))
        let own = seedDivergenceFromHeldOut.map { "; the user's own texts come to \(rounded($0))" } ?? ""
        figures.append(
            figure(
                "distance to held-out words", divergenceFromHeldOut,
                "Jensen–Shannon divergence in bits of coarse word counts: 0 the same words, 1 none in common\(own)."))
        return figures.compactMap(\.self)
    }

    private func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
}

extension JSONEncoder {
    static var readable: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return encoder
    }
}
