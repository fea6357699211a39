import AttarPipeline
import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite("Folders and files that commands write")
struct LedgerOperationsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    @Test("An import says what was new, and leaves nothing behind where nothing came of it")
    func imports() async throws {
        let table = "split,row\n"
        try folder.write(table, to: "empty.jsonl")
        for text in ["", table, "{\"split\": \"train\"}\n"] {
            try folder.write(text, to: "bad.jsonl")
            let file = folder.url.appending(path: "bad.jsonl")
            await #expect(throws: TeacherError.self) {
                _ = try await LedgerOperations.adding(to: path("new.sqlite"), from: "bad.jsonl") {
                    try await $0.importRecording(from: file)
                }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            #expect(!left.contains { $0.hasPrefix("new.sqlite") }, "\(left)")
        }
        let labels = (0..<3).map {
            "{\"split\": \"train\", \"row\": \($0), \"top_logprobs\": {\"good\": -0.1}}\n"
        }
        try folder.write(labels.joined(), to: "labels.jsonl")
        let split = RecordedSplit(name: "train", purpose: .training, texts: ["one", "two", "three"])
        let file = folder.url.appending(path: "labels.jsonl")
        for words in ["3 new, 0 there already", "0 new, 3 there already"] {
            let told = try await LedgerOperations.adding(to: path("new.sqlite"), from: "labels.jsonl") {
                try await $0.importLabels(from: file, splits: [split], model: "m").taken.values.reduce(0, +)
            }
            #expect(told.contains(words))
        }
    }

    @Test("A file of no bytes is no ledger, and stays as it is")
    func emptyFile() throws {
        try folder.write("", to: "empty.sqlite")
        #expect(throws: TeacherError.ledger(path: path("empty.sqlite"), .notALedger)) {
            _ = try LedgerOperations.open(path("empty.sqlite"))
        }
        #expect(try Data(contentsOf: folder.url.appending(path: "empty.sqlite")).isEmpty)
    }

    @Test("A report does not replace that of a run")
    func folderOfARun() throws {
        try folder.write("{}", to: "run/run.json")
        #expect(throws: RunError.self) { _ = try OutputFolder(path("run")) }
        _ = try OutputFolder(path("elsewhere"))
    }
}
