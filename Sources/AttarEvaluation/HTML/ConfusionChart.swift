/// The confusion matrix: a table with numbers while there is room for them, a chart of coloured cells for more labels.
struct ConfusionChart {
    let labels: [String]
    let counts: [[Int]]
    /// Pairs that get a ring and a number in the chart, the most frequent mistakes first.
    let marked: [(truth: Int, predicted: Int)]

    static let mostLabelsInTable = 16
    static let mostMarked = 8

    var markup: Markup {
        let legend: Markup = """
            <ul class="legend"><li><i class="good"></i>right</li><li><i></i>wrong; the stronger, the larger its share of \
            the true label’s texts</li>\(ring)\(unit)</ul>
            """
        return "\(legend)\(labels.count <= Self.mostLabelsInTable ? table : chart)"
    }

    private var unit: Markup {
        labels.count <= Self.mostLabelsInTable ? "<li>Numbers: texts</li>" : .none
    }

    private var ring: Markup {
        marked.isEmpty
            ? .none : "<li><i class=\"ring\"></i>most frequent mistakes, numbered as in the table below</li>"
    }

    /// The share of a true label's rows that were given another.
    private func share(_ truth: Int, _ predicted: Int) -> Double {
        let total = counts[truth].reduce(0, +)
        return total == 0 ? 0 : Double(counts[truth][predicted]) / Double(total)
    }

    private var table: Markup {
        var head = Markup.none
        for label in labels { head += "<th scope=\"col\" title=\"\(label)\"><span>\(label)</span></th>" }
        var rows = Markup.none
        for truth in labels.indices {
            var cells = Markup.none
            for predicted in labels.indices {
                let share = share(truth, predicted)
                let kind = truth == predicted ? "right" : "wrong"
                let weight = counts[truth][predicted] == 0 ? "zero" : share > 0.5 ? "deep" : "light"
                // Nothing in between, where neither dark nor light figures could be read.
                let shade = share == 0 ? 0 : share > 0.5 ? 0.7 + 0.3 * share : 0.1 + 0.5 * share
                cells += """
                    <td class="\(kind) \(weight)"><i style="--o:\(trusted(shade))"></i><b>\(counts[truth][predicted])</b></td>
                    """
            }
            rows += "<tr><th scope=\"row\" title=\"\(labels[truth])\">\(labels[truth])</th>\(cells)</tr>"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">\
            <table class="matrix"><caption>Rows: the true label. Columns: the student’s answer. Numbers: texts.</caption>\
            <thead><tr><td></td>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private var chart: Markup {
        let count = labels.count
        let cell = max(6.0, min(16.0, 780.0 / Double(count)))
        let hasNames = cell >= 9.5
        let margin = hasNames ? 160.0 : 34.0
        let side = cell * Double(count)
        let width = margin + side + 10
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Confusion chart">\
            <svg class="heat" viewBox="0 0 \(width) \(side + 24)" role="img" aria-label="\(summary)" \
            data-labels="\(labels.joined(separator: "\n"))" data-counts="\(sparseCounts)" \
            style="min-width:\(hasNames ? width * 0.8 : margin + 5 * Double(count))px;max-width:\(width)px">\
            <rect class="ground" x="\(margin)" y="20" width="\(side)" height="\(side)"/>\(cells(cell, margin))\
            <path class="cross" d=""/>\(rings(cell: cell, margin: margin))\
            \(names(cell: cell, margin: margin, hasNames: hasNames))</svg></div>\
            <output id="pointed-at" aria-live="polite">Down: the true label; across: the student’s answer. Point at a cell, \
            or tap it, to read it. Labels have the numbers of the table by label.</output>
            """
    }

    /// Cells of one strength are one path: thousands of elements would take long to open.
    private func cells(_ cell: Double, _ margin: Double) -> Markup {
        let levels = 10.0
        var right: [Int: Markup] = [:]
        var wrong: [Int: Markup] = [:]
        for truth in labels.indices {
            let total = counts[truth].reduce(0, +)
            for predicted in labels.indices where counts[truth][predicted] > 0 {
                let share = Double(counts[truth][predicted]) / Double(total)
                let level = Int((share.squareRoot() * levels).rounded(.up))
                let (x, y) = (margin + cell * Double(predicted), 20 + cell * Double(truth))
                let square: Markup = "M\(x) \(y)h\(cell - 0.5)v\(cell - 0.5)h\(0.5 - cell)z"
                if truth == predicted {
                    right[level, default: .none] += square
                } else {
                    wrong[level, default: .none] += square
                }
            }
        }
        var markup = Markup.none
        for (kind, paths) in [("r", right), ("w", wrong)] {
            for (level, path) in paths.sorted(by: { $0.key < $1.key }) {
                let opacity = trusted(0.15 + 0.85 * Double(level) / levels)
                markup += "<path class=\"\(kind)\" opacity=\"\(opacity)\" d=\"\(path)\"/>"
            }
        }
        return markup
    }

    /// Rows apart by semicolons, in each "answer count" pairs of what is not zero.
    private var sparseCounts: String {
        counts.map { row in
            row.indices.filter { row[$0] > 0 }.map { "\($0) \(row[$0])" }.joined(separator: ",")
        }.joined(separator: ";")
    }

    /// Rings around the most frequent mistakes, each with its number beside it.
    private func rings(cell: Double, margin: Double) -> Markup {
        var rings = Markup.none
        for (place, pair) in marked.enumerated() {
            let x = margin + cell * (Double(pair.predicted) + 0.5)
            let y = 20 + cell * (Double(pair.truth) + 0.5)
            let radius = cell * 0.5 + 4
            let isLeft = pair.predicted > labels.count - 4
            rings += """
                <circle class="ring" cx="\(x)" cy="\(y)" r="\(radius)"/><text class="number" x="\
                \(isLeft ? x - radius - 2 : x + radius + 2)" y="\(y + 4)" text-anchor="\(isLeft ? "end" : "start")">\
                \(place + 1)</text>
                """
        }
        return rings
    }

    private func names(cell: Double, margin: Double, hasNames: Bool) -> Markup {
        var names = Markup.none
        let step = hasNames ? 1 : 10
        // Beside their names all rows are numbered; numbers of narrow columns would run together.
        let columnStep = cell >= 14 ? 1 : 10
        for index in labels.indices where hasNames || (index + 1) % step == 0 || index == 0 {
            let middle = (Double(index) + 0.5) * cell
            let name: Markup =
                hasNames
                ? """
                <text x="\(margin - 26)" y="\(20 + middle + 3.5)" text-anchor="end">\(labels[index].shortened(to: 22))</text>
                """ : .none
            names +=
                "\(name)<text x=\"\(margin - 5)\" y=\"\(20 + middle + 3.5)\" text-anchor=\"end\">\(index + 1)</text>"
            if (index + 1) % columnStep == 0 || index == 0 {
                names += "<text x=\"\(margin + middle)\" y=\"13\" text-anchor=\"middle\">\(index + 1)</text>"
            }
        }
        return names
    }

    private var summary: String {
        let right = labels.indices.reduce(0) { $0 + counts[$1][$1] }
        let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
        return "Confusion matrix of \(labels.count) labels: \(right) of \(total) rows on the diagonal. "
            + "The mistakes are listed in the table below."
    }

    private func trusted(_ opacity: Double) -> Markup {
        Markup(trusted: FigureFormat.decimal(opacity, 2))
    }
}

extension String {
    /// The text, cut with an ellipsis if it has more characters.
    func shortened(to limit: Int) -> String {
        count <= limit ? self : prefix(limit - 1) + "…"
    }
}
