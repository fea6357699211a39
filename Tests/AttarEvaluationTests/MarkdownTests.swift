import AttarEvaluation
import Testing

@Suite struct MarkdownTests {
    private static let hostile = [
        "# heading", "a | b", "<script>alert(1)</script>", "[click](http://evil.example)", "![x](//evil.example/a.png)",
        "`code` ``more``", "line\n\n- break\r\n# again", "*bold* _x_ ~~y~~ $z$", "\u{202E}desrever\u{0}\u{1B}[31m",
        "http://evil.example and WWW.evil.example", "- item", "1. item", "+ item", "=== ", "&lt;b&gt;", "\\| \\",
    ]

    /// Whatever labels, names and texts say, the page keeps its lines, headings, tables and cells.
    @Test(arguments: hostile) func textsOfOthersStayText(text: String) throws {
        let plain = try Self.report(naming: "plain")
        let markdown = try Self.report(naming: text)
        #expect(Self.shape(markdown) == Self.shape(plain))
        let lines = markdown.split(separator: "\n").filter { !$0.hasPrefix("```") && !$0.hasPrefix("attar predict") }
        for line in lines {
            let unescaped = line.replacing(try Regex(#"\\."#), with: "")
            #expect(!unescaped.contains { "<>[]`~$".contains($0) }, "\(line)")
        }
        #expect(markdown.firstMatch(of: try Regex("https?://|[wW]{3}\\.[a-z]")) == nil)
        #expect(!markdown.unicodeScalars.contains { ["\u{202E}", "\u{0}", "\u{1B}", "\r"].contains($0) })
    }

    @Test func headingsAreThoseOfModelCards() throws {
        let headings = try Invented.report().markdown().split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(
            headings == [
                "## Model details", "## Intended use", "## How to use", "## Training data", "## Training procedure",
                "## Evaluation", "## Cost and speed", "## Risks and limitations", "## Licence", "## Provenance",
            ])
    }

    /// The same figures as in the other forms of the report.
    @Test func itSaysWhatTheReportSays() throws {
        let report = try Invented.report()
        let markdown = report.markdown()
        #expect(markdown.contains("**\(report.verdict.sentence)**"))
        for note in report.notes { #expect(markdown.contains("- \(note)")) }
        for system in report.systems {
            #expect(markdown.contains("| \(system.name) | \(FigureFormat.percent(system.accuracy.value)) ("))
        }
        #expect(!report.examples.isEmpty)
        for example in report.examples { #expect(!markdown.contains(example.text)) }
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        let small = Invented.small(gold: [0, 1, 0], labelCount: 2, probabilities: [0.6, 0.4, 0.3, 0.7, 0.8, 0.2])
        let markdown = try evaluate(small).markdown()
        for title in ["Training data", "Cost and speed", "Licence"] { #expect(!markdown.contains("## \(title)")) }
    }

    private static func report(naming text: String) throws -> String {
        var report = try Invented.report(rows: 60)
        report.recipe = RecipeFigures(name: "n\(text)", task: text, description: text)
        report.labels[0] = text
        report.classes[0].label = text
        report.classes[1].takenFor = text
        report.systems[1].name = text
        report.notes = [text]
        report.data?.sources[0].name = text
        report.data?.diversity?[0] = NamedFigure(text, 1, meaning: text)
        report.quantization[0].format = text
        report.spending?.teacher = text
        report.cascade?.score = text
        report.stress?.slices?.slices[0].name = text
        report.stress?.shifted?.source = text
        report.seeds?.runs[0].name = text
        report.cost?.currency = text
        report.provenance.licences = [.init(name: text, licence: text, source: text)]
        report.provenance.machine = text
        report.verdict.details.append(text)
        return report.markdown()
    }

    /// What each line is, and its number of cells.
    private static func shape(_ markdown: String) -> [String] {
        markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let kind = line.prefix { "#|-*`".contains($0) }
            let bars = line.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" }
            return "\(kind) \(bars)"
        }
    }
}
