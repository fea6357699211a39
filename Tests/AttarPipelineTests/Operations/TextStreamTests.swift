import AttarData
import AttarPipeline
import AttarTestSupport
import Foundation
import Testing

@Suite("Tables a piece at a time")
struct TextStreamTests {
    private func texts(_ url: URL, pieceBytes: Int) throws -> [String] {
        var found: [String] = []
        try TextStream(path: url.path, textColumn: "text", pieceBytes: pieceBytes)
            .read { found.append($0) }
        return found
    }

    @Test("Whatever the pieces, the texts are those of the whole table", arguments: [1, 2, 7, 64, 1 << 20])
    func pieces(bytes: Int) throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: UInt64(bytes))
        let words = ["plain", "with, comma", "with \"quotes\"", "two\nlines", "ünï🙂", "\r\n", "", "end"]
        let rows = (0..<60).map { _ in (0..<3).map { _ in random.pick(words) }.joined(separator: " ") + "." }
        let quoted = rows.map { "1,\"\($0.replacing("\"", with: "\"\""))\",x" }
        for lineEnd in ["\n", "\r\n"] {
            let file = try folder.write(
                (["id,text,label"] + quoted).joined(separator: lineEnd) + (bytes % 2 == 0 ? lineEnd : ""),
                to: "rows.csv")
            #expect(
                try texts(file, pieceBytes: bytes)
                    == TextTable.read(file, textColumn: "text", labelColumn: nil).map(\.text))
            #expect(try texts(file, pieceBytes: bytes).count == rows.count)
        }
        let lines = try rows.map { String(decoding: try JSONEncoder().encode(["text": $0]), as: UTF8.self) + "\n" }
        #expect(try texts(folder.write(lines.joined(), to: "rows.jsonl"), pieceBytes: bytes) == rows)
        let plain = rows.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }
        #expect(try texts(folder.write(plain.joined(separator: "\n"), to: "rows.txt"), pieceBytes: bytes) == plain)
    }

    @Test("A line of any bytes is a text, and the lines around it are answered", arguments: [1, 5, 1 << 20])
    func anyBytes(pieceBytes: Int) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "rows.txt")
        try Data(Array("one\n".utf8) + [0x61, 0xFF, 0x62, 0x0A, 0xC3, 0x0A, 0x63, 0, 0x64, 0x0A] + Array("two\n".utf8))
            .write(to: file)
        #expect(
            try texts(file, pieceBytes: pieceBytes) == ["one", "a\u{FFFD}b", "\u{FFFD}", "c\u{FFFD}d", "two"])
    }

    @Test(
        "What is wrong is told with the line of the file, also far behind the first piece",
        arguments: [
            ("rows.csv", "text\n" + String(repeating: "fine\n", count: 500) + "one,two\n", "rows.csv:502:"),
            ("rows.csv", "text\n" + String(repeating: "fine\n", count: 500) + "\"never closed\n", "rows.csv:502:1"),
            (
                "rows.jsonl", String(repeating: "{\"text\": \"fine\"}\n", count: 500) + "{\"tex\": 1}\n",
                "rows.jsonl:501:"
            ),
            ("rows.csv", "other\nx\n", "there is no column “text”"),
            ("rows.csv", "text\n", "there is a header but no row below it"),
            ("rows.csv", "", "the file is empty"), ("rows.txt", "\n\n", "the file is empty"),
            ("rows.xls", "x", "the name should end in"),
        ])
    func wrong(name: String, content: String, message: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(content, to: name)
        let error = #expect(throws: DataError.self) { try texts(file, pieceBytes: 256) }
        #expect("\(error!)".contains(message), "\(error!)")
    }

    @Test("A file that is not there is named")
    func missing() {
        let error = #expect(throws: DataError.self) { try TextStream(path: "/nowhere/rows.csv", textColumn: "text") }
        #expect("\(error!)".contains("/nowhere/rows.csv"))
    }
}
