extension EvaluationReport {
    /// report.html: one file that needs no network, no font and no script, though a script makes its tables sort.
    package func html() -> String {
        HTMLReport(report: self).page.text
    }
}

/// Draws a report. Each section is a property; those without figures are left out.
struct HTMLReport {
    let report: EvaluationReport

    struct Section {
        let id: String
        let title: String
        /// One line for a newcomer: what is shown and how to read it.
        let lede: Markup
        let body: Markup
    }

    var sections: [Section] {
        [
            systems, tradeOff, differences, reliability, learningCurve, labels, mistakes, examples, data, quantization,
            cost, limits, provenance,
        ].compactMap { $0 }
    }

    var page: Markup {
        let sections = sections
        var links = Markup.none
        var content = Markup.none
        for section in sections {
            links += "<li><a href=\"#\(section.id)\">\(section.title)</a></li>"
            content += """
                <section id="\(section.id)" aria-labelledby="\(section.id)-title"><div>\
                <h2 id="\(section.id)-title">\(section.title)</h2><p class="lede">\(section.lede)</p></div>
                <div class="body">\(section.body)</div></section>

                """
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="description" content="\(report.verdict.sentence)">
            <title>\(report.recipe.name) – evaluation</title>
            <link rel="icon" href="data:,">
            <style>
            \(Markup(trusted: reportStyle))
            </style>
            </head>
            <body>
            <a class="skip" href="#\(sections.first?.id ?? "content")">Skip to the figures</a>
            <div class="page">
            <header>
            <p class="brand">\(drop)<strong>\(report.recipe.name)</strong><span>\(subtitle)</span></p>
            <h1>\(headline)</h1>
            \(details)
            \(tiles)
            <nav aria-label="Sections"><ul>\(links)</ul></nav>
            </header>
            <main id="content">
            \(content)</main>
            <footer>\(footer)</footer>
            </div>
            <script>
            \(Markup(trusted: reportScript))
            </script>
            </body>
            </html>

            """
    }

    /// Attar is the oil distilled from roses: a drop.
    private var drop: Markup {
        """
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 1C8 1 3 6.6 3 10.1A5 5 0 0 0 13 10.1C13 6.6 8 1 8 1Z" \
        style="fill:var(--student)"/></svg>
        """
    }

    private var subtitle: String {
        let rows = FigureFormat.count(report.heldOutRows)
        return "\(report.recipe.task.replacing("-", with: " ")), evaluated on \(rows) held-out texts"
    }

    /// The verdict, its figures in brackets set back.
    private var headline: Markup {
        let sentence = report.verdict.sentence
        guard let open = sentence.firstIndex(of: "("), let close = sentence[open...].firstIndex(of: ")") else {
            return "\(sentence)"
        }
        let after = sentence.index(after: close)
        return """
            \(String(sentence[..<open]))<span class="aside">\(String(sentence[open..<after]))</span>\(String(sentence[after...]))
            """
    }

    private var details: Markup {
        guard !report.verdict.details.isEmpty else { return .none }
        let isBroken = report.deployment.map { $0.identicalPredictions < $0.rows } ?? false
        var items = Markup.none
        for detail in report.verdict.details {
            let isAlarm = isBroken && detail.contains("differently")
            items += isAlarm ? "<li class=\"alarm\">\(detail)</li>" : "<li>\(detail)</li>"
        }
        return "<ul class=\"details\">\(items)</ul>"
    }

    private var footer: String {
        "Made by attar. Intervals hold the true figure in \(report.level) of repetitions. All figures are also in report.json."
    }
}
