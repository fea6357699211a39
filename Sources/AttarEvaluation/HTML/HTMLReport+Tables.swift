// Tables and lists that sections share.
extension HTMLReport {
    /// A table that becomes a list of names and figures on a phone; columns after the first hold figures.
    func table(_ caption: String, _ columns: [String], _ rows: Markup, note: Markup? = nil) -> Markup {
        let below: Markup = note.map { "<p class=\"note\">\($0)</p>" } ?? .none
        return """
            <table class="stack"><caption>\(caption)</caption><thead><tr>\(head(columns))</tr></thead>\
            <tbody>\(rows)</tbody></table>\(below)
            """
    }

    /// A table that keeps its columns on a phone, with the first one in sight where it is pinned. The first column is
    /// text unless all are numeric.
    func plainTable(
        _ caption: String, _ columns: [String], _ rows: Markup, isNumeric: Bool = false, isPinned: Bool = false
    ) -> Markup {
        let kind: Markup = isPinned ? " class=\"pinned\"" : .none
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table\(kind)><caption>\(caption)</caption>\
            <thead><tr>\(head(columns, isNumeric: isNumeric))</tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private func head(_ columns: [String], isNumeric: Bool = false) -> Markup {
        var head = Markup.none
        for (place, column) in columns.enumerated() {
            let kind: Markup = place > 0 || isNumeric ? " class=\"number\"" : .none
            head += "<th scope=\"col\"\(kind)>\(column)</th>"
        }
        return head
    }

    /// A cell of a table that becomes a list of names and figures on a phone.
    func cell(_ name: String, _ figure: String?, _ small: String? = nil) -> Markup {
        guard let figure else {
            return "<td class=\"number void\" data-label=\"\(name)\"><span class=\"quiet\">–</span></td>"
        }
        let range: Markup = small.map { "<small>\($0)</small>" } ?? .none
        return "<td class=\"number\" data-label=\"\(name)\"><span>\(figure)\(range)</span></td>"
    }

    /// A cell with a share and its interval.
    func cell(_ name: String, _ share: Estimate?) -> Markup {
        cell(name, share.map { FigureFormat.percent($0.value) }, share.flatMap { FigureFormat.percentRange($0) })
    }

    func fact(_ name: String, _ value: String) -> Markup {
        "<dt>\(name)</dt><dd>\(value)</dd>"
    }

    /// What is there for those who want it: closed on the screen, open on paper.
    func disclosed(_ summary: String, _ content: Markup) -> Markup {
        "<details><summary>\(summary)</summary>\(content)</details>"
    }
}
