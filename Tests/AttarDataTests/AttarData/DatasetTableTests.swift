import AttarData
import Foundation
import Testing

@Suite struct DatasetTableTests {
    @Test(arguments: ["csv", "jsonl"])
    func whatIsExportedComesBack(fileExtension: String) throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.\(fileExtension)")
            let dataset = Samples.dataset(rows: 300, seed: 31)
            try DatasetTable.write(dataset, to: url)
            let back = try DatasetTable.read(url)
            #expect(back.labels == dataset.labels)
            #expect(back.rows == dataset.rows)
            #expect(back.teachers.map(\.name) == dataset.teachers.map(\.name))
            #expect(haveSameAnswers(back, dataset))
        }
    }

    @Test("The rung and the probability outside the labels come back, too", arguments: ["csv", "jsonl"])
    func rungsComeBack(fileExtension: String) throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.\(fileExtension)")
            var dataset = Samples.dataset(rows: 60, seed: 33)
            for row in dataset.rows.indices {
                let isAnswered = dataset.probabilities(teacher: 1, row: row) != nil
                dataset.teachers[1].massOutside.append(isAnswered ? Float(row) / 64 : .nan)
                dataset.teachers[1].rung.append(isAnswered ? UInt8(1 + row % 4) : 0)
            }
            try DatasetTable.write(dataset, to: url)
            let back = try DatasetTable.read(url)
            #expect(haveSameAnswers(back, dataset))
            #expect(back.teachers[0].rung.isEmpty && back.teachers[0].massOutside.isEmpty)
            #expect(back.teachers[1].rung == dataset.teachers[1].rung)
            #expect(back.teachers[1].massOutside.count == 60)
            for (one, other) in zip(back.teachers[1].massOutside, dataset.teachers[1].massOutside) {
                #expect(one == other || one.isNaN && other.isNaN)
            }
        }
    }

    @Test func aPlainTableBecomesADataset() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("t.csv")
            var generator = SeededGenerator(seed: 32)
            let lines = (0..<200).map {
                "\(Samples.sentence(words: 6...12, using: &generator)),\($0 % 4 == 3 ? "" : "c\($0 % 4)")"
            }
            try AtomicFile.write(Data(("review,class\n" + lines.joined(separator: "\n")).utf8), to: url)
            var options = DatasetTable.ImportOptions()
            options.textColumn = "review"
            options.labelColumn = "class"
            let dataset = try DatasetTable.read(url, options: options)
            #expect(dataset.labels == ["c0", "c1", "c2"])
            #expect(dataset.rows.count { $0.source == .labelled } == 150)
            #expect(dataset.rows.count { $0.source == .unlabelled && $0.gold == nil } == 50)
            for split in [Split.validation, .calibration] {
                #expect(dataset.rows.count { $0.split == split } == 20)
            }
        }
    }

    @Test(arguments: [
        ("text,split\na,train\nb,test\n", ":3:1: “split”: expected one of train, validation"),
        ("text,source\na,web\n", "“source”: expected one of labelled"),
        ("text,label\na,x\n", "expected one of the labels y, found “x”"),
        ("text,probability[t][y]\na,much\n", "“probability[t][y]”: expected a probability"),
        ("text,probability[t][y]\na,2\n", "row 0"),
        ("label\na\n", "no column “text”"),
        ("text,probability[t][y],rung[t]\na,0.5,guess\n", "“rung[t]”: expected one of none, tokens, scoring"),
        ("text,probability[t][y],outside[t]\na,0.5,much\n", "“outside[t]”: expected a probability or nothing"),
    ])
    func wrongCellsAreToldWithLineAndColumn(csv: String, message: String) throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("t.csv")
            try AtomicFile.write(Data(csv.utf8), to: url)
            var options = DatasetTable.ImportOptions()
            options.labels = ["y"]
            let error = try #require(throws: DataError.self) { try DatasetTable.read(url, options: options) }
            #expect(error.description.contains(message))
        }
    }

    @Test func exportRefusesWhatItCannotHold() throws {
        let url = URL(fileURLWithPath: "/nowhere/d.txt")
        #expect(throws: DataError.self) { try DatasetTable.write(Samples.dataset(rows: 1, seed: 1), to: url) }
    }
}
