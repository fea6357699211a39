import AttarData
import Foundation
import Testing

@Suite struct JSONLinesReaderTests {
    private func parse(_ text: String, label: String? = "label") throws(DataError) -> [LabelledText] {
        try TextTable.parse(
            Array(text.utf8), path: "t.jsonl", format: .jsonLines, textColumn: "text", labelColumn: label)
    }

    @Test func valuesOfAllKindsAreRead() throws {
        let rows = try parse(
            """
            {"text": "a\\n\\"b\\" \\u00e9 \\ud83d\\ude00 \\/", "label": "x", "extra": {"deep": [1, {"text": "no"}, []]}}

              {"label":3,"text":"é"}\r
            {"label": null, "text": ""}
            {"label": true, "text": "t"}
            {"label": "", "text": "e"}
            {"label": -1.5e-3, "text": "n"}
            """)
        #expect(rows.map(\.text) == ["a\n\"b\" é 😀 /", "é", "", "t", "e", "n"])
        #expect(rows.map(\.label) == ["x", "3", nil, "true", nil, "-1.5e-3"])
        #expect(rows.map(\.line) == [1, 3, 4, 5, 6, 7])
    }

    @Test(arguments: [
        ("[1]\n", 1, 1), ("{\"text\": \"a\"\n", 1, 13), ("{\"text\" \"a\"}\n", 1, 9), ("{text: 1}\n", 1, 2),
        ("{\"text\": \"a}\n", 1, 13), ("{\"text\": \"é\\x\"}\n", 1, 12), ("{\"text\": \"\\u12\"}\n", 1, 15),
        ("{\"text\": \"\\ud83d\"}\n", 1, 11), ("{\"text\": \"\\ud83d\\u0041\"}\n", 1, 11),
        ("{\"text\": \"\\udc00\"}\n", 1, 11),
        ("{\"text\": \"a\"} x\n", 1, 15), ("{\"a\": 01, \"text\": \"b\"}\n", 1, 7), ("{\"a\": nul}\n", 1, 7),
        ("{\"text\": \"a\"}\n{\"text\": \"a\tb\"}\n", 2, 12), ("{\"text\": \"a\",}\n", 1, 14),
        ("{\"a\": 1., \"b\": 2}\n", 1, 7),
        ("{\"a\": }\n", 1, 7), ("{\"a\": -}\n", 1, 7), ("{\"a\": [1,]}\n", 1, 10),
    ])
    func mistakesAreToldWithTheirPlace(json: String, line: Int, column: Int) throws {
        let error = try #require(throws: DataError.self) { try parse(json, label: nil) }
        guard case .syntax(let position, _, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(position == TextPosition(path: "t.jsonl", line: line, column: column))
    }

    @Test func wrongMembersAreToldByName() throws {
        func position(_ line: Int, _ column: Int) -> TextPosition {
            TextPosition(path: "t.jsonl", line: line, column: column)
        }
        let cases: [(String, DataError)] = [
            ("", .noRows(path: "t.jsonl", hasHeader: false)), (" \n\n", .noRows(path: "t.jsonl", hasHeader: false)),
            (
                "{\"txt\": \"a\", \"label\": 1}",
                .missingKey(position(1, 1), key: "text", present: ["txt", "label"], nearest: "txt")
            ),
            (
                "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\"}",
                .missingKey(position(2, 1), key: "label", present: ["text"], nearest: nil)
            ),
            (
                "{\"text\": 5, \"label\": 1}",
                .wrongValue(position(1, 10), column: "text", expected: "a string", found: "5")
            ),
            (
                "{\"text\": null, \"label\": 1}",
                .wrongValue(position(1, 10), column: "text", expected: "a string", found: "null")
            ),
            (
                "{\"text\": \"a\", \"label\": [1]}",
                .wrongValue(
                    position(1, 24), column: "label", expected: "a string or a number", found: "an object or array")
            ),
            (
                "{\"text\": \"a\", \"text\": \"b\", \"label\": 1}",
                .wrongValue(position(1, 23), column: "text", expected: "each key once", found: "it a second time")
            ),
            ("{\"text\": \"a\\u0000b\", \"label\": 1}", .nulCharacter(position(1, 12))),
        ]
        for (json, expected) in cases {
            #expect(throws: expected) { try parse(json) }
        }
    }

    @Test func endlessNestingIsRefused() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: DataError.self) { try parse("{\"a\": \(deep)", label: nil) }
    }

    @Test func brokenBytesGiveRowsOrAnErrorNeverACrash() {
        var generator = SeededGenerator(seed: 22)
        let valid = Array("{\"text\": \"a\\u00e9\\n\", \"x\": [1.5e3, null, {\"y\": true}]}\n{\"text\":\"日\"}".utf8)
        for _ in 0..<20_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let offset = Int.random(in: bytes.indices, using: &generator)
                if Bool.random(using: &generator) {
                    bytes[offset] = UInt8.random(in: 1...127, using: &generator)
                } else {
                    bytes.remove(at: offset)
                }
            }
            _ = try? TextTable.parse(bytes, path: "t", format: .jsonLines, textColumn: "text", labelColumn: nil)
        }
    }
}
