import AttarEvaluation
import Testing

@Suite struct TerminalTests {
    private static let labels = ["a", "ein sehr langer Name für ein Etikett", "日本語のラベル", "\u{1B}[2Jgone\nline\rback"]

    @Test(arguments: [40, 60, 80, 120, 200]) func noLineIsWiderThanTheTerminal(width: Int) throws {
        var input = Invented.full(rows: 100, labels: Self.labels)
        input.notes = ["A note of many words that has to be broken into lines at any width that a terminal may have."]
        let text = try evaluate(input).terminalText(TerminalStyle(width: width))
        for line in text.split(separator: "\n") {
            let wide = line.unicodeScalars.count { $0.value > 0x2E80 && $0.value < 0xFFFD }
            #expect(line.count + wide <= width, "\(line)")
        }
    }

    @Test func controlCharactersAreNotPassedOn() throws {
        var input = Invented.full(rows: 100, labels: Self.labels)
        input.systems[1].name = "float\u{1B}]0;title\u{7}\u{9B}31m"
        input.notes = ["note\u{8}\u{8}\u{8}\u{202E}"]
        for isUnicode in [true, false] {
            let text = try evaluate(input).terminalText(TerminalStyle(isUnicode: isUnicode))
            let hidden = text.unicodeScalars.filter { scalar in
                scalar != "\n" && [.control, .format].contains(scalar.properties.generalCategory)
            }
            #expect(hidden.isEmpty)
        }
    }

    @Test func plainTerminalsGetPlainText() throws {
        let text = try evaluate(Invented.full(rows: 100, labels: ["a", "b"])).terminalText(
            TerminalStyle(width: 200, isUnicode: false))
        #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
        #expect(!text.contains("?"))
    }

    @Test func columnsAreAligned() throws {
        let text = try evaluate(Invented.full(rows: 100, labels: ["a", "b"])).terminalText(TerminalStyle(width: 200))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let head = try #require(lines.firstIndex { $0.hasPrefix("System") })
        let rows = lines[head...].prefix { !$0.isEmpty }
        #expect(rows.count == 7)
        #expect(Set(rows.map(\.count)).count == 1)
    }

    @Test(arguments: [40, 80, 120]) func whoAnswersWhatIsShown(width: Int) throws {
        let text = try Invented.report(rows: 200).terminalText(TerminalStyle(width: width))
        #expect(text.contains("Who answers"))
        #expect(text.contains("Student, then teacher"))
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        let small = Invented.small(gold: [0, 1], labelCount: 2, probabilities: [0.6, 0.4, 0.3, 0.7])
        #expect(try !evaluate(small).terminalText().contains("Who answers"))
    }
}
