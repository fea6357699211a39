// The story of the run: data, storage, cost, limits, provenance.
extension HTMLReport {
    var data: Section? {
        guard let data = report.data else { return nil }
        let total = data.sources.reduce(0) { $0 + $1.rows }
        let scale = 100 / Double(max(1, total, data.kept))
        var rows = Markup.none
        var read = 0
        for source in data.sources where source.rows > 0 {
            rows += flowRow("total", source.name, source.rows, from: Double(read), scale: scale)
            read += source.rows
        }
        var left = total
        for drop in data.dropped where drop.rows > 0 {
            left -= drop.rows
            rows += flowRow("dropped", "− \(drop.name)", drop.rows, from: Double(max(0, left)), scale: scale)
        }
        rows += flowRow("kept", "kept", data.kept, from: 0, scale: scale)
        var start = 0
        for split in data.splits {
            rows += flowRow("split", split.name, split.rows, from: Double(start), scale: scale)
            start += split.rows
        }
        let contamination: Markup =
            data.contaminated.map { count in
                count == 0
                    ? "<p class=\"note\">No training row is in the held-out data.</p>"
                    : "<p class=\"note\">\(FigureFormat.count(count)) rows that are also in the held-out data were dropped.</p>"
            } ?? .none
        return Section(
            id: "data", title: "Where the data went",
            lede: """
                Rows made or read, what was dropped and why, and how the rest was split: train teaches, validation decides, \
                calibration sets the confidence. Held-out texts are in none of them.
                """,
            body: "<dl class=\"flow\">\(rows)</dl>\(contamination)")
    }

    private func flowRow(_ kind: String, _ name: String, _ rows: Int, from: Double, scale: Double) -> Markup {
        """
        <div class="\(kind)"><dt>\(name)</dt><dd class="bar-cell" aria-hidden="true"><span class="track">\
        <i style="--from:\(from * scale)%;--width:\(Double(rows) * scale)%"></i></span></dd>\
        <dd>\(FigureFormat.count(rows))</dd></div>
        """
    }

    var quantization: Section? {
        guard !report.quantization.isEmpty else { return nil }
        var rows = Markup.none
        for format in report.quantization {
            let name: Markup = format.isChosen ? "\(format.format)<small>in the model file</small>" : "\(format.format)"
            rows += """
                <tr\(format.isChosen ? Markup(trusted: " class=\"subject\"") : .none)><th scope="row">\(name)</th>\
                \(cell("Size", FigureFormat.bytes(format.bytes)))\
                \(cell("Mean squared error", format.meanSquaredError.map { FigureFormat.scientific($0) }))\
                \(cell("Clip", format.clip))\
                \(cell("Validation accuracy", format.validationAccuracy.map { FigureFormat.percent($0) }))</tr>
                """
        }
        return Section(
            id: "storage", title: "Storage formats",
            lede: """
                Fewer bits a weight make the file smaller and move each weight a little (mean squared error). \
                Validation data decides whether that matters.
                """,
            body: """
                <table class="stack"><thead><tr><th scope="col">Format</th><th scope="col" class="number">Size</th>\
                <th scope="col" class="number">Mean squared error</th><th scope="col" class="number">Clip</th>\
                <th scope="col" class="number">Validation accuracy</th></tr></thead><tbody>\(rows)</tbody></table>
                """)
    }

    var cost: Section? {
        guard report.cost != nil || report.spending != nil else { return nil }
        var facts = Markup.none
        if let cost = report.cost {
            if let price = cost.teacherPerThousand {
                facts += fact("Teacher, 1,000 answers", FigureFormat.money(price, currency: cost.currency))
            }
            if let tokens = cost.teacherTokensPerQuery {
                facts += fact("Teacher, tokens an answer", FigureFormat.significant(tokens))
            }
            if let price = cost.studentPerThousand {
                facts += fact("Student, 1,000 answers", FigureFormat.money(price, currency: cost.currency))
            }
            if let seconds = cost.studentCoreSecondsPerThousand {
                facts += fact(
                    "Student, time for 1,000 answers",
                    "\(FigureFormat.microseconds(seconds * 1e6)) on one processor core")
            }
        }
        return Section(
            id: "cost", title: "What it costs",
            lede: "What a thousand answers take from either, and what this run asked of the teacher.",
            body: "\(facts.text.isEmpty ? .none : "<dl class=\"facts\">\(facts)</dl>")\(spending)")
    }

    private var spending: Markup {
        guard let spending = report.spending else { return .none }
        var rows = Markup.none
        for purpose in spending.purposes {
            rows += """
                <tr><th scope="row">\(purpose.name)</th><td class="number">\(FigureFormat.count(purpose.requests))</td>\
                <td class="number">\(FigureFormat.count(purpose.inputTokens))</td>\
                <td class="number">\(FigureFormat.count(purpose.outputTokens))</td></tr>
                """
        }
        let cost = spending.cost.map { "They cost \(FigureFormat.money($0, currency: spending.currency)). " } ?? ""
        return """
            <h3>Asked of \(spending.teacher)</h3><table><thead><tr><th scope="col">Purpose</th>\
            <th scope="col" class="number">Requests</th><th scope="col" class="number">Tokens read</th>\
            <th scope="col" class="number">Tokens written</th></tr></thead><tbody>\(rows)</tbody></table>\
            <p class="note">\(cost)\(FigureFormat.count(spending.reusedRequests)) more requests were answered from the \
            ledger, at no cost.</p>
            """
    }

    private func fact(_ name: String, _ value: String) -> Markup {
        "<dt>\(name)</dt><dd>\(value)</dd>"
    }

    var limits: Section? {
        guard !report.notes.isEmpty else { return nil }
        var items = Markup.none
        for note in report.notes { items += "<li>\(note)</li>" }
        return Section(
            id: "limits", title: "Limits",
            lede: "What these figures do not tell, and what was tried without success.",
            body: "<ul class=\"limits\">\(items)</ul>")
    }

    var provenance: Section? {
        let provenance = report.provenance
        var facts = Markup.none
        let hashes = [
            ("Recipe", provenance.recipeHash), ("Dataset", provenance.datasetHash),
            ("Held-out data", provenance.heldOutHash), ("Model file, SHA-256", provenance.modelHash),
        ]
        for (name, hash) in hashes {
            if let hash { facts += "<dt>\(name)</dt><dd><code>\(hash)</code></dd>" }
        }
        if let openings = provenance.heldOutOpenings {
            facts += fact("Held-out data opened", openings == 1 ? "once" : "\(openings) times")
        }
        for entry in provenance.seeds { facts += fact("Seed, \(entry.name)", entry.value) }
        for entry in provenance.versions { facts += fact(entry.name, entry.value) }
        if let machine = provenance.machine { facts += fact("Latency measured on", machine) }
        let options = report.options
        facts += fact(
            "Intervals",
            "Wilson for shares; \(FigureFormat.count(options.bootstrapDraws)) bootstrap draws for the rest (seed \(options.seed))"
        )
        for licence in provenance.licences {
            facts += fact(licence.name, [licence.licence, licence.source].compactMap { $0 }.joined(separator: " · "))
        }
        return Section(
            id: "provenance", title: "Provenance",
            lede: "What to name when these figures are quoted, and what to keep to get them again.",
            body: "<dl class=\"facts\">\(facts)</dl>")
    }
}
