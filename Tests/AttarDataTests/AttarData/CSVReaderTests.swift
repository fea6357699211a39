import AttarData
import Foundation
import Testing

@Suite struct CSVReaderTests {
    private func parse(_ text: String, label: String? = "label") throws(DataError) -> [LabelledText] {
        try parse(Array(text.utf8), label: label)
    }

    private func parse(_ bytes: [UInt8], label: String? = "label") throws(DataError) -> [LabelledText] {
        try TextTable.parse(bytes, path: "t.csv", format: .csv, textColumn: "text", labelColumn: label)
    }

    private func at(_ line: Int, _ column: Int) -> TextPosition {
        TextPosition(path: "t.csv", line: line, column: column)
    }

    @Test(arguments: [
        "text,label\na,x\nb,y\n", "text,label\r\na,x\r\nb,y\r\n", "text,label\na,x\nb,y",
        "\u{FEFF}text,label\na,x\nb,y\n", "\n\ntext,label\n\na,x\n\r\n\nb,y\n\n", "label,other,text\nx,1,a\ny,2,b\n",
        "\"text\",\"label\"\n\"a\",\"x\"\n\"b\",\"y\"\n", "text,label\r\na,x\nb,y\r",
    ])
    func theSameRowsInEveryDress(csv: String) throws {
        #expect(try parse(csv).map(\.text) == ["a", "b"])
        #expect(try parse(csv).map(\.label) == ["x", "y"])
    }

    @Test func quotedFieldsHoldAnything() throws {
        let rows = try parse("text,label\n\"a, \"\"b\"\"\nc\r\nd\",x\n\"\",\"\"\n e ,\n")
        #expect(
            rows == [
                LabelledText(text: "a, \"b\"\nc\r\nd", label: "x", line: 2),
                LabelledText(text: "", label: nil, line: 5),
                LabelledText(text: " e ", label: nil, line: 6),
            ])
    }

    @Test func labelsAreOptional() throws {
        #expect(try parse("text\na\n", label: nil) == [LabelledText(text: "a", label: nil, line: 2)])
    }

    @Test func mistakesAreToldWithTheirPlace() throws {
        let cases: [(String, DataError)] = [
            ("", .noRows(path: "t.csv", hasHeader: false)),
            ("\n\n", .noRows(path: "t.csv", hasHeader: false)),
            ("text,label\n", .noRows(path: "t.csv", hasHeader: true)),
            ("text,label\na,x\n\"b,y\nc,z\n", .unclosedQuote(at(3, 1))),
            ("text,label\na,\"x", .unclosedQuote(at(2, 3))),
            (
                "text,labels\na,x\n",
                .missingColumn(path: "t.csv", column: "label", present: ["text", "labels"], nearest: "labels")
            ),
            (
                "a,b\nc,d\n", .missingColumn(path: "t.csv", column: "text", present: ["a", "b"], nearest: nil)
            ),
            ("text,label,label\na,x,y\n", .repeatedColumn(path: "t.csv", column: "label")),
            ("text,label\na,x\nb\n", .fieldCount(at(3, 1), expected: 2, found: 1)),
            ("text,label\n\"a\nb\",x\nc,d,e\n", .fieldCount(at(4, 1), expected: 2, found: 3)),
            (
                "text,label\nä say \"b\",x\n",
                .syntax(
                    at(2, 7), expected: "a field with quotes in it to stand in quotes, each quote doubled",
                    found: "a quote within a plain field")
            ),
            (
                "text,label\n\"a\"ß,x\n",
                .syntax(
                    at(2, 4), expected: "a comma or the end of the line after the closing quote", found: "“ß”")
            ),
            (
                "text,label\na\rb,x\n",
                .syntax(at(2, 2), expected: "lines that end with LF or CRLF", found: "a carriage return alone")
            ),
            ("text,label\na,x\nb\0,y\n", .nulCharacter(at(3, 2))),
        ]
        for (csv, expected) in cases {
            #expect(throws: expected) { try parse(csv) }
        }
    }

    @Test func otherSeparatorsAreRecognised() throws {
        let error = try #require(throws: DataError.self) { try parse("text;label\na;x\n") }
        #expect(error.description.contains("separated by something else"))
    }

    @Test(
        arguments: [
            [0xFF], [0x80], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xE0, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3, 0x28],
        ] as [[UInt8]])
    func badUTF8IsToldWithLineAndOffset(bytes: [UInt8]) {
        let start = Array("text,label\né,x\n".utf8)
        #expect(throws: DataError.notUTF8(path: "t.csv", line: 3, byteOffset: start.count, byte: bytes[0])) {
            try parse(start + bytes + Array(",x\n".utf8))
        }
    }

    @Test func utf16IsNamedAsSuch() {
        #expect(throws: DataError.notUTF8ButUTF16(path: "t.csv")) { try parse([0xFF, 0xFE, 0x74, 0]) }
    }

    @Test func everyCharacterSurvives() throws {
        let scalars = stride(from: 1, to: 0x11_0000, by: 37).compactMap { Unicode.Scalar(UInt32($0)) }
        let text = String(String.UnicodeScalarView(scalars.filter { $0 != "\"" }))
        #expect(try parse("text\n\"\(text)\"\n", label: nil).map(\.text) == [text])
    }

    @Test func brokenBytesGiveRowsOrAnErrorNeverACrash() {
        var generator = SeededGenerator(seed: 21)
        let valid = Array("text,label\n\"a, \"\"é\"\"\r\nb\",x\n日本,\"y\"\r\n".utf8)
        for _ in 0..<20_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let offset = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[offset] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: offset)
                default: bytes.insert([0x22, 0x2C, 0x0A, 0x0D].randomElement(using: &generator)!, at: offset)
                }
            }
            for format in [TextTable.Format.csv, .jsonLines, .plainLines] {
                _ = try? TextTable.parse(bytes, path: "t", format: format, textColumn: "text", labelColumn: nil)
            }
        }
    }

    @Test func theNameTellsTheFormat() throws {
        try withTemporaryFolder { folder in
            let plain = folder.appendingPathComponent("pool.txt")
            try AtomicFile.write(Data("\u{FEFF}one, \"two\"\r\n \n\nthree".utf8), to: plain)
            #expect(
                try TextTable.read(plain, textColumn: "text", labelColumn: nil) == [
                    LabelledText(text: "one, \"two\"", label: nil, line: 1),
                    LabelledText(text: "three", label: nil, line: 4),
                ])
            #expect(throws: DataError.labelsFromPlainText(path: plain.path, column: "label")) {
                try TextTable.read(plain, textColumn: "text", labelColumn: "label")
            }
            let other = folder.appendingPathComponent("pool.xlsx")
            #expect(throws: DataError.unknownFormat(path: other.path)) {
                try TextTable.read(other, textColumn: "text", labelColumn: nil)
            }
        }
    }
}
