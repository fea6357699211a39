import AttarEvaluation
import Foundation
import Testing

@Suite struct HTMLReportTests {
    private static let hostile = [
        "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "&amp;<b>",
        "</title></style><style>*{display:none}", "{{7*7}}${x}\\(y)", "\u{202E}txet desrever\u{0}\u{1B}[31m",
        "x\" style=\"background:url(//evil.example/a.png)",
    ]

    /// Example reports for `scripts/check-report`, which opens them in a browser.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["ATTAR_REPORTS"] != nil)) func examplesForABrowser() throws {
        let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["ATTAR_REPORTS"]))
        let letters = ["thanks", "complaint", "order", "question about plants", "question about delivery"]
        let reports = [
            "full": try Invented.report(rows: 1_100, labels: letters),
            "large": try Invented.report(rows: 5_500, labels: Self.names(150), skill: 5),
            "small": try evaluate(
                Invented.small(
                    gold: [0, 1, 0, 1], labelCount: 2, probabilities: [0.6, 0.4, 0.3, 0.7, 0.8, 0.2, 0.6, 0.4])),
        ]
        for (name, report) in reports {
            try Data(report.html().utf8).write(to: folder.appending(path: "\(name).html"))
            try Data(report.markdown().utf8).write(to: folder.appending(path: "\(name).md"))
        }
    }

    @Test func nothingIsLoadedFromElsewhere() throws {
        for input in [Invented.full(rows: 80, labels: ["a", "b"]), Invented.full(rows: 300, labels: Self.labels(40))] {
            let html = try evaluate(input).html()
            for pattern in [
                "https?:", "//[a-z]", "url\\(", "@import", "<iframe", "<object", "<embed", "<img", "fetch\\(",
                "XMLHttp",
            ] {
                #expect(html.firstMatch(of: try Regex(pattern).ignoresCase()) == nil, "\(pattern)")
            }
            for match in html.matches(of: try Regex("(?:src|href|srcset|action|data)=\"([^\"]*)\"")) {
                let target = String(match.output[1].substring ?? "")
                #expect(target.hasPrefix("#") || target == "data:,", "refers to \(target)")
            }
            #expect(html.contains("default-src 'none'"))
        }
    }

    /// Whatever labels, names and texts say, the page keeps the elements it has with plain ones.
    @Test func textsOfOthersStayText() throws {
        let plain = Invented.full(rows: 120, labels: Self.labels(Self.hostile.count), studentSkill: 1)
        var hostile = plain
        hostile.labels = Self.hostile
        let text = Self.hostile.joined(separator: " ")
        hostile.texts = plain.gold.map { _ in text }
        hostile.recipe = RecipeFigures(name: text, task: text, description: text)
        hostile.notes = [text]
        for index in hostile.systems.indices { hostile.systems[index].name = text + "\(index)" }
        hostile.data?.sources[0].name = text
        hostile.quantization[0].format = text
        hostile.spending?.teacher = text
        hostile.spending?.purposes[0].name = text
        hostile.queryCost?.currency = text
        hostile.provenance.modelHash = text
        hostile.provenance.licences = [.init(name: text, licence: text, source: text)]
        hostile.provenance.machine = text
        let html = try evaluate(hostile).html()
        let expected = try #require(tags(of: try evaluate(plain).html()))
        #expect(tags(of: html) == expected)
        #expect(!html.contains("<script>alert"))
        #expect(!html.contains("onerror=alert(1)>"))
        #expect(!html.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{0}" || $0 == "\u{1B}" })
    }

    @Test(arguments: hostile) func textsOfOthersInAnyFigureStayText(text: String) throws {
        let plain = try Invented.report(rows: 60)
        var report = plain
        report.cascade?.score = text
        report.cascade?.guaranteed = text
        report.cascade?.gate = text
        report.cascade?.deferredLabels = [text]
        report.stress?.slices?.slices[0].by = text
        report.stress?.slices?.slices[0].name = text
        report.stress?.perturbations[0].name = text
        report.stress?.shifted?.source = text
        report.stress?.drift?.sentence = text
        report.seeds?.runs[0].name = text
        report.disagreements?[0].text = text
        report.disagreements?[1].teacher = text
        report.data?.diversity?[0] = NamedFigure(text, 1, meaning: text)
        report.cost?.currency = text
        report.verdict.details.append(text)
        let html = report.html()
        #expect(tags(of: html)?.filter { $0 != "li" } == tags(of: plain.html())?.filter { $0 != "li" })
        #expect(!html.contains("<script>alert") && !html.contains("onerror=alert(1)>"))
    }

    /// A label, a warning or a price that is not known leaves no hole in the page.
    @Test func whatACascadeDoesNotKnowIsLeftOut() throws {
        var report = try Invented.report(rows: 60)
        report.cascade?.threshold = nil
        report.cascade?.answeredRows = 0
        report.cascade?.coverage = Estimate(0)
        report.cascade?.curve = []
        report.cascade?.answeredAccuracy = nil
        report.cascade?.answeredAgreement = nil
        report.cascade?.teacherOnDeferred = nil
        report.cascade?.studentOnDeferred = nil
        report.cascade?.accuracy = nil
        report.cost?.serving?[1].costPerThousand = nil
        report.stress = StressFigures()
        report.verdict = Verdict(of: report)
        let html = report.html()
        #expect(html.contains("none reaches the target"))
        for id in ["slices", "perturbations", "shift"] { #expect(!html.contains("id=\"\(id)\"")) }
        #expect(!html.contains("Cost by number of queries"))
        try expectSound(report)
    }

    @Test func hostileLabelsOfAManyLabelChartStayText() throws {
        var input = Invented.full(rows: 300, labels: Self.labels(40), studentSkill: 1)
        let plain = try #require(tags(of: try evaluate(input).html()))
        for index in input.labels.indices { input.labels[index] += Self.hostile[index % Self.hostile.count] }
        #expect(tags(of: try evaluate(input).html()) == plain)
    }

    @Test func aLargeReportStaysSmall() throws {
        var input = Invented.full(rows: 5_500, labels: Self.labels(150), studentSkill: 1)
        input.options.bootstrapDraws = 20
        let html = try evaluate(input).html()
        #expect(html.utf8.count < 3_000_000)
        #expect(tags(of: html) != nil)
    }

    @Test func theVerdictComesFirstAndEverySectionIsLinked() throws {
        let report = try evaluate(Invented.full(rows: 80, labels: ["a", "b", "c"]))
        let html = report.html()
        let headline = try #require(html.range(of: "<h1>"))
        let table = try #require(html.range(of: "<table"))
        #expect(headline.lowerBound < table.lowerBound)
        let ids = html.matches(of: try Regex("<section id=\"([a-z-]+)\"")).map { String($0.output[1].substring ?? "") }
        #expect(ids.count == 18 && Set(ids).count == ids.count)
        for id in ids { #expect(html.contains("href=\"#\(id)\"")) }
    }

    @Test func readersOfThePageByEarAndKeyboardAreServed() throws {
        let html = try evaluate(Invented.full(rows: 80, labels: Self.labels(30))).html()
        #expect(html.contains("<html lang=\"en\">"))
        #expect(html.matches(of: try Regex("<h1>")).count == 1)
        for match in html.matches(of: try Regex("<(svg|div)[^>]*role=\"(img|region)\"[^>]*>")) {
            let tag = String(html[match.range])
            #expect(tag.contains("aria-label=\""), "\(tag)")
            if tag.contains("region") { #expect(tag.contains("tabindex=\"0\"")) }
        }
        for match in html.matches(of: try Regex("<th(?= |>)[^>]*>")) {
            #expect(String(html[match.range]).contains("scope="))
        }
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        let html = try evaluate(
            Invented.small(gold: [0, 1, 0, 1], labelCount: 2, probabilities: [0.6, 0.4, 0.3, 0.7, 0.8, 0.2, 0.6, 0.4])
        ).html()
        for id in ["trade-off", "learning-curve", "data", "storage", "cost", "examples"] {
            #expect(!html.contains("id=\"\(id)\""))
        }
    }

    private static func names(_ count: Int) -> [String] {
        let (subjects, places) = (
            ["roses", "seeds", "tools", "bulbs", "trees", "pots"], ["greenhouse", "balcony", "hedge", "pond", "path"]
        )
        return (0..<count).map { "\(subjects[$0 % 6])_for_the_front_garden_\(places[$0 / 6 % 5])_\($0 / 30 + 1)" }
    }

    private static func labels(_ count: Int) -> [String] {
        (1...count).map { "label \($0)" }
    }
}
