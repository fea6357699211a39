import AttarData
import AttarEvaluation
import Foundation

extension Stage {
    /// The user's files → texts.h5, and of held-out texts a fingerprint.
    static func data(_ recipe: LoadedRecipe) -> Stage {
        let data = recipe.recipe.data
        return Stage(
            .data,
            reads: [
                "labels", "data.text-column", "data.label-column", "data.licence", "data.source", "evaluate.slices",
                "evaluate.costs", "privacy",
            ],
            files: [
                "labelled": data.labelled?.url, "unlabelled": data.unlabelled?.url, "held-out": data.heldOut?.url,
                "shifted": data.shifted?.url,
            ],
            revision: 2, makes: [textsFile, fingerprintFile]
        ) { context in
            var stage = DataStage(context)
            return try stage.run()
        }
    }
}

private struct DataStage {
    static let labelLimit = 1000

    let context: StageContext
    let recipe: Recipe
    var report = StageReport()

    init(_ context: StageContext) {
        self.context = context
        recipe = context.recipe.recipe
    }

    mutating func run() throws -> StageReport {
        tellLicence()
        let labelled = try readLabelled()
        let labels = try labels(of: labelled)
        let named = recipe.evaluate.costs.flatMap { [$0.name] + $0.value.map(\.name) }
        if let unknown = named.first(where: { !labels.contains($0) }) {
            throw TextDataError.unknownCostLabel(label: unknown, known: labels)
        }
        var rows = rows(of: labelled, labels: labels)
        rows += try readUnlabelled()
        scrub(&rows)
        try Task.checkCancellation()
        let fingerprint = try fingerprintOfHeldOut(labels: labels)
        let dataset = TextDataset(labels: labels, rows: rows, attributes: attributes)
        try DatasetFile.write(dataset, to: context.file(Stage.textsFile))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try AtomicFile.write(try encoder.encode(fingerprint), to: context.file(Stage.fingerprintFile))
        report.count("labels", labels.count)
        return report
    }

    private mutating func tellLicence() {
        guard recipe.data.licence != nil || recipe.data.source != nil else { return }
        let text =
            "Data: licence \(recipe.data.licence ?? "not stated")" + (recipe.data.source.map { ", from \($0)" } ?? "")
        report.note(text)
    }

    private var attributes: [String: String] {
        var attributes: [String: String] = [:]
        attributes["licence"] = recipe.data.licence
        attributes["source"] = recipe.data.source
        return attributes
    }

    private mutating func readLabelled() throws -> [LabelledText] {
        guard let file = recipe.data.labelled else { return [] }
        let rows = try TextTable.read(
            file.url, textColumn: recipe.data.textColumn, labelColumn: recipe.data.labelColumn)
        report.count("labelled texts", rows.count)
        return withoutEmpty(rows)
    }

    /// The labels of the recipe, or those of the data in alphabetic order.
    private func labels(of labelled: [LabelledText]) throws -> [String] {
        let listed = recipe.labels.map(\.name)
        guard let file = recipe.data.labelled else { return listed }
        if let row = labelled.first(where: { $0.label == nil }) {
            throw TextDataError.noLabel(path: file.written, line: row.line, column: recipe.data.labelColumn)
        }
        let present = Set(labelled.compactMap(\.label)).sorted()
        guard listed.isEmpty else {
            try check(labelled, present: present, listed: listed, path: file.written)
            return listed
        }
        if present.count == 1 { throw TextDataError.oneLabel(path: file.written, label: present[0]) }
        if present.count > DataStage.labelLimit {
            throw TextDataError.tooManyLabels(
                path: file.written, count: present.count, rows: labelled.count, column: recipe.data.labelColumn,
                limit: DataStage.labelLimit)
        }
        return present
    }

    /// Labels of the data against those of the recipe.
    private func check(_ labelled: [LabelledText], present: [String], listed: [String], path: String) throws {
        let known = Set(listed)
        if let row = labelled.first(where: { !known.contains($0.label ?? "") }) {
            throw TextDataError.unknownLabel(path: path, line: row.line, label: row.label ?? "", known: listed)
        }
        // With texts from elsewhere a label may well be missing in the file.
        guard recipe.synthesis == nil, recipe.data.unlabelled == nil else { return }
        if let missing = listed.first(where: { !present.contains($0) }) {
            throw TextDataError.labelWithoutRow(path: path, label: missing, present: present)
        }
    }

    private func rows(of labelled: [LabelledText], labels: [String]) -> [TextRow] {
        let indexes = Dictionary(zip(labels, labels.indices)) { first, _ in first }
        return labelled.map { TextRow(text: $0.text, source: .labelled, gold: $0.label.flatMap { indexes[$0] }) }
    }

    private mutating func readUnlabelled() throws -> [TextRow] {
        guard let file = recipe.data.unlabelled else { return [] }
        let rows = try TextTable.read(file.url, textColumn: recipe.data.textColumn, labelColumn: nil)
        report.count("unlabelled texts", rows.count)
        return withoutEmpty(rows).map { TextRow(text: $0.text, source: .unlabelled) }
    }

    private mutating func withoutEmpty(_ rows: [LabelledText]) -> [LabelledText] {
        let kept = rows.filter { $0.text.contains { !$0.isWhitespace } }
        if kept.count < rows.count { report.count("dropped: without text", rows.count - kept.count) }
        return kept
    }

    /// Hashes of the texts that are evaluated on. That the files can be evaluated is checked here too, before anything is paid for; nothing but
    /// the verdict of that check leaves this function.
    private mutating func fingerprintOfHeldOut(labels: [String]) throws -> Fingerprint {
        var sets: [HeldOutSet] = []
        for (name, file) in [("held-out", recipe.data.heldOut), ("shifted", recipe.data.shifted)] {
            guard let file else { continue }
            let set = try context.openHeldOut(
                file, labels: labels, columns: name == "shifted" ? [] : recipe.evaluate.slices,
                reason: "hashes of its texts, and a check of its format")
            report.count("\(name) texts", set.count, because: "only hashes are kept")
            sets.append(set)
        }
        // Later stages compare scrubbed texts.
        return HeldOutSet.fingerprint(of: sets) { [scrubber] in scrubber?.scrub($0).texts ?? $0 }
    }

    private var scrubber: Scrubber? { recipe.privacy?.scrubber }

    private mutating func scrub(_ rows: inout [TextRow]) {
        guard let scrubber else { return }
        let (texts, counts) = scrubber.scrub(rows.map(\.text))
        for (index, text) in texts.enumerated() { rows[index].text = text }
        for name in scrubber.names { report.count("scrubbed: \(name)", counts[name] ?? 0, because: "placeholders") }
    }
}
