/// A table in a terminal: columns aligned, the least important ones left out where it would not fit.
struct TerminalTable {
    struct Column {
        let name: String
        /// The columns with the highest numbers are left out first; 0 stays.
        let importance: Int
        var isText = false
    }

    let columns: [Column]
    let rows: [[String]]

    func lines(_ style: TerminalStyle) -> [String] {
        var kept = Array(columns.indices)
        var widths = kept.map { width(of: $0, style) }
        while total(widths) > style.width,
            let least = kept.max(by: { columns[$0].importance < columns[$1].importance }),
            columns[least].importance > 0, let place = kept.firstIndex(of: least)
        {
            kept.remove(at: place)
            widths.remove(at: place)
        }
        if total(widths) > style.width, let text = kept.firstIndex(where: { columns[$0].isText }) {
            widths[text] = max(6, widths[text] - (total(widths) - style.width))
        }
        let head = line(kept.map { columns[$0].name }, kept, widths, style)
        let rule = style.shown(String(repeating: "─", count: min(style.width, total(widths))))
        return [head, rule] + rows.map { row in line(kept.map { row[$0] }, kept, widths, style) }
    }

    private func width(of column: Int, _ style: TerminalStyle) -> Int {
        ([columns[column].name] + rows.map { $0[column] }).map { TerminalStyle.columns(style.shown($0)) }.max() ?? 0
    }

    private func total(_ widths: [Int]) -> Int {
        widths.reduce(0, +) + 2 * max(0, widths.count - 1)
    }

    private func line(_ cells: [String], _ kept: [Int], _ widths: [Int], _ style: TerminalStyle) -> String {
        var line = ""
        for (place, cell) in cells.enumerated() {
            let text = cut(style.shown(cell), to: widths[place], style)
            let space = String(repeating: " ", count: max(0, widths[place] - TerminalStyle.columns(text)))
            if place > 0 { line += "  " }
            line += columns[kept[place]].isText ? text + space : space + text
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private func cut(_ text: String, to width: Int, _ style: TerminalStyle) -> String {
        guard TerminalStyle.columns(text) > width else { return text }
        let ellipsis = style.shown("…")
        var result = ""
        for character in text {
            let longer = result + String(character)
            if TerminalStyle.columns(longer) + TerminalStyle.columns(ellipsis) > width { break }
            result = longer
        }
        return result + ellipsis
    }
}
