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
            id: "data", link: "Data", title: "Where the data went",
            lede: """
                Rows made or read, what was dropped and why, and how the rest was split: train teaches, validation decides, \
                calibration sets the confidence. Held-out texts are in none of them.
                """,
            body: "<dl class=\"flow\">\(rows)</dl>\(contamination)")
    }

    var variety: Section? {
        guard let figures = report.data?.diversity, !figures.isEmpty else { return nil }
        var rows = Markup.none
        for figure in figures {
            rows += """
                <tr><th scope="row">\(figure.name)<small>\(figure.meaning)</small></th>\
                <td class="number">\(FigureFormat.significant(figure.value))</td></tr>
                """
        }
        return Section(
            id: "variety", link: "Variety of generated texts", title: "How varied the generated texts are",
            lede: """
                A teacher that is asked for many texts repeats itself. Compare these figures with those of another run of as \
                many texts; there is no right value.
                """,
            body: plainTable("Variety of generated texts", ["Figure", "Value"], rows))
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
            id: "storage", link: "Storage formats", title: "Storage formats",
            lede: """
                Fewer bits a weight make the file smaller, but for narrow tables, whose rows are padded, and move each \
                weight a little (mean squared error). Validation data decides whether that matters.
                """,
            body: table(
                "Storage formats", ["Format", "Size", "Mean squared error", "Clip", "Validation accuracy"], rows,
                note: """
                    Mean squared error: of the stored weights against the trained ones. Clip: how the range of stored values \
                    was chosen. Validation accuracy: on the part of the data that decides.
                    """))
    }

    var limits: Section? {
        guard !report.notes.isEmpty else { return nil }
        var items = Markup.none
        for note in report.notes { items += "<li>\(note)</li>" }
        return Section(
            id: "limits", link: "Limits", title: "Limits",
            lede: "What these figures do not tell, and what was tried without success.",
            body: "<ul class=\"limits\">\(items)</ul>")
    }

    var provenance: Section? {
        let provenance = report.provenance
        var facts = Markup.none
        let hashes = [
            ("Recipe", provenance.recipeHash), ("Dataset", provenance.datasetHash),
            ("Held-out data, hash", provenance.heldOutHash), ("Model file, SHA-256", provenance.modelHash),
        ]
        for (name, hash) in hashes {
            if let hash { facts += "<dt>\(name)</dt><dd><code>\(hash)</code></dd>" }
        }
        if provenance.heldOutOpenings != nil {
            facts += fact("Use of the held-out data", provenance.openings ?? "opened once, for this report")
        }
        for entry in provenance.seeds { facts += fact("Seed, \(entry.name)", entry.value) }
        for entry in provenance.versions { facts += fact(entry.name, entry.value) }
        if let machine = provenance.machine { facts += fact("Latency measured on", machine) }
        let options = report.options
        facts += fact(
            "Intervals",
            "Wilson for shares, exact where one kind of row is rare; Bonett–Price for differences of shares; "
                + "\(FigureFormat.count(options.bootstrapDraws)) bootstrap draws for the rest (seed \(options.seed))"
        )
        for licence in provenance.licences {
            facts += fact(licence.name, [licence.licence, licence.source].compactMap { $0 }.joined(separator: " · "))
        }
        return Section(
            id: "provenance", link: "Provenance", title: "Provenance",
            lede: "What to name when these figures are quoted, and what to keep to get them again.",
            body: "<dl class=\"facts\">\(facts)</dl>")
    }
}
