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
        /// Its name in the list of contents.
        let link: String
        let title: String
        /// For a newcomer: what is shown and how to read it.
        let lede: Markup
        let body: Markup
    }

    /// Sections under the question that they answer.
    struct Group {
        let id: String
        let title: String
        let sections: [Section]
    }

    /// In the order of the reader's questions.
    var groups: [Group] {
        let groups: [(id: String, title: String, sections: [Section?])] = [
            ("decision", "Can it take over?", [cascade, tradeOff, systems, cost]),
            (
                "quality", "How good are its answers?",
                [differences, reliability, labels, mistakes, examples, disagreements, moreFigures]
            ),
            ("sturdiness", "How sturdy is it?", [slices, perturbations, shifted, seeds]),
            ("making", "How was it made?", [learningCurve, rounds, data, variety, quantization, spending]),
            ("caution", "What to keep in mind", [limits, provenance, words]),
        ]
        return groups.map { Group(id: $0.id, title: $0.title, sections: $0.sections.compactMap { $0 }) }
            .filter { !$0.sections.isEmpty }
    }

    var page: Markup {
        let groups = groups
        var links = Markup.none
        var content = Markup.none
        for group in groups {
            var items = Markup.none
            content += "<div class=\"group\" id=\"\(group.id)\"><h2>\(group.title)</h2>\n"
            for section in group.sections {
                items += "<li><a href=\"#\(section.id)\">\(section.link)</a></li>"
                content += """
                    <section id="\(section.id)" aria-labelledby="\(section.id)-title"><div>\
                    <h3 id="\(section.id)-title">\(section.title)</h3><p class="lede">\(section.lede)</p></div>
                    <div class="body">\(section.body)</div></section>

                    """
            }
            links += "<div><a href=\"#\(group.id)\">\(group.title)</a><ul>\(items)</ul></div>"
            content += "</div>\n"
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
            <a class="skip" href="#content">Skip to the figures</a>
            <div class="page">
            <header>
            <p class="brand">\(drop)<strong>\(report.recipe.name)</strong><span>\(subtitle)</span></p>
            <h1>\(headline)</h1>
            \(details)
            \(tiles)
            <nav aria-label="Contents">\(links)</nav>
            </header>
            <main id="content" tabindex="-1">
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
        let alarms = Set(report.cascade.map { Verdict.details(of: $0, in: report) } ?? [])
        let isBroken = report.deployment.map { $0.identicalPredictions < $0.rows } ?? false
        var items = Markup.none
        for detail in report.verdict.details {
            let isAlarm = alarms.contains(detail) || isBroken && detail.contains("differently")
            items += isAlarm ? "<li class=\"alarm\">\(detail)</li>" : "<li>\(detail)</li>"
        }
        return items.text.isEmpty ? .none : "<ul class=\"details\">\(items)</ul>"
    }

    private var footer: String {
        "Made by attar. Intervals hold the true figure in \(report.level) of repetitions. All figures are also in report.json."
    }
}
