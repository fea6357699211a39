import AttarGraph
import AttarRuntime
import AttarTestSupport
import Foundation
import Testing

@Suite("Model files")
struct ModelFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let forms: [(table: ElementType, linear: ElementType, heads: Int)] = [
        (.float32, .float32Panels, 0), (.int8Rows, .int8Panels, 0), (.int4Rows, .int8Panels, 0),
        (.int4Rows, .float32Panels, 0), (.float32, .float32Panels, 3), (.int8Rows, .int8Panels, 11),
    ]

    @Test("read back what was written", arguments: forms, [0, 17])
    func roundTrip(form: (table: ElementType, linear: ElementType, heads: Int), hidden: Int) throws {
        let model = try SmallModel(
            table: form.table, linear: form.linear, width: 33, hidden: hidden, heads: form.heads, known: hidden == 0)
        let file = try ModelFile(path: folder.write(model.bytes, to: "model.attar"))
        #expect(file.program == model.program)
        #expect(file.featurizer == .nGrams(model.featurizer))
        #expect(file.labels == model.labels)
        #expect(file.metadata == model.metadata)
        #expect(file.bytes == model.bytes.count)
    }

    @Test("predict what their program computes", arguments: forms, Kernels.availableNames)
    func predictions(form: (table: ElementType, linear: ElementType, heads: Int), kernels: String) throws {
        let model = try SmallModel(
            table: form.table, linear: form.linear, width: 33, hidden: 17, heads: form.heads,
            known: form.table == .int8Rows)
        let classifier = try Classifier(contentsOf: folder.write(model.bytes, to: "model.attar"))
        var random = SeededRandom(seed: 9)
        for _ in 0..<50 {
            let text = RandomText.sentence(words: random.below(6), &random)
            let prediction = classifier.predict(text)
            let features = model.featurizer.features(of: text)
            var leaves: [String: Leaf] = [
                "ids": Leaf(numbers: features.ids),
                "weights": Leaf(rows: features.ids.count, columns: 1, floats: features.weights),
            ]
            // Parameters as they are stored.
            for (index, bytes) in zip(model.program.parameters, model.parameters) {
                leaves[model.program.buffers[index].name] = Leaf(stored: bytes)
            }
            let batch = SampleBatch(
                counts: ["examples": 1, "features": features.ids.count], offsets: ["features": [0, features.ids.count]])
            let output = try GuardedRun.run(
                model.program, leaves: leaves, batch: batch, kernels: Kernels(named: kernels))[0].floats
            #expect(prediction.probabilities.map(\.bitPattern) == output.map(\.bitPattern))
            #expect((prediction.probabilities.reduce(0, +) - 1).magnitude < 1e-5)
            #expect(prediction.probabilities[prediction.index] == output.max())
            #expect(prediction.label == model.labels[prediction.index])
            #expect(prediction.confidence == output[prediction.index])
        }
    }

    @Test("of tokens read back what was written, and predict what their program computes", arguments: [0, 3])
    func tokens(heads: Int) throws {
        let model = try SmallModel(width: 33, hidden: 17, heads: heads, readsTokens: true)
        let featurizer = try #require(model.tokens)
        let classifier = try Classifier(contentsOf: folder.write(model.bytes, to: "tokens.attar"))
        #expect(classifier.file.featurizer == .tokens(featurizer))
        var random = SeededRandom(seed: 19)
        for words in 0..<24 {
            let text = RandomText.sentence(words: words % 12, &random)
            let ids = featurizer.tokens(of: text).ids
            var leaves: [String: Leaf] = ["ids": Leaf(numbers: ids)]
            for (index, bytes) in zip(model.program.parameters, model.parameters) {
                leaves[model.program.buffers[index].name] = Leaf(stored: bytes)
            }
            let batch = SampleBatch(
                counts: ["examples": 1, "tokens": ids.count], offsets: ["tokens": [0, ids.count]])
            let output = try GuardedRun.run(model.program, leaves: leaves, batch: batch, kernels: Kernels())[0].floats
            #expect(classifier.predict(text).probabilities.map(\.bitPattern) == output.map(\.bitPattern))
        }
    }

    @Test("are the same bytes for the same model")
    func deterministic() throws {
        #expect(try SmallModel().bytes == SmallModel().bytes)
        #expect(try SmallModel().bytes != SmallModel(seed: 2).bytes)
    }

    @Test("say what is wrong with the path")
    func wrongPaths() throws {
        let missing = folder.url.appending(path: "none.attar").path
        #expect(throws: ModelFileError.cannotOpen(path: missing, code: ENOENT)) { try ModelFile(path: missing) }
        #expect(throws: ModelFileError.notAFile(path: folder.url.path)) { try ModelFile(path: folder.url.path) }
        let pipe = folder.url.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: ModelFileError.notAFile(path: pipe)) { try ModelFile(path: pipe) }
        #expect(throws: ModelFileError.notAFile(path: "/dev/zero")) { try ModelFile(path: "/dev/zero") }
        let empty = try folder.write([], to: "empty.attar")
        #expect(throws: ModelFileError.tooShort(bytes: 0)) { try ModelFile(path: empty) }
        let text = try folder.write(Array(String(repeating: "label,text\n", count: 20).utf8), to: "data.csv")
        #expect(throws: ModelFileError.badMagic) { try ModelFile(path: text) }
    }

    @Test("of four gigabytes of nothing are refused at once")
    func sparseFiles() throws {
        let (path, size) = (folder.url.appending(path: "sparse.attar").path, UInt64(1) << 32)
        func extended(_ bytes: [UInt8]) throws {
            _ = try folder.write(bytes, to: "sparse.attar")
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.truncate(atOffset: size)
            try file.close()
        }
        try extended([])
        #expect(throws: ModelFileError.badMagic) { try ModelFile(path: path) }
        let model = ModelBytes(try SmallModel().bytes)
        try extended(model.bytes)
        #expect(throws: ModelFileError.sizeMismatch(expected: model.bytes.count, found: Int(size))) {
            try ModelFile(path: path)
        }
        // One section that takes all of it, with a header that agrees.
        var large = ModelBytes(sections: [(kind: ModelFile.Section.metadata.rawValue, bytes: [1])])
        large.set(0, at: 16)
        large.set(1, at: 20)
        let section = size - 128
        for field in [16, 24] {
            large.set(UInt32(truncatingIfNeeded: section), at: ModelBytes.entry(0) + field)
            large.set(UInt32(section >> 32), at: ModelBytes.entry(0) + field + 4)
        }
        large.repairHeader()
        try extended(large.bytes)
        let kind = ModelFile.Section.metadata.rawValue
        #expect(throws: ModelFileError.sectionTooLarge(kind: kind, bytes: Int(section))) { try ModelFile(path: path) }
    }

    @Test("take any text", arguments: [0, 9])
    func anyText(form: Int) throws {
        let model = try ModelMutator.models()[form]
        let classifier = try Classifier(contentsOf: folder.write(model.bytes, to: "model.attar"))
        let limit = model.tokens?.maximumBytes ?? model.featurizer.maximumBytes
        func probabilities(of text: [UInt8]) -> [UInt32] {
            var probabilities = [Float](repeating: 0, count: model.labels.count)
            _ = text.withUnsafeBufferPointer { text in
                probabilities.withUnsafeMutableBufferPointer { classifier.predict(text, into: $0) }
            }
            #expect((probabilities.reduce(0, +) - 1).magnitude < 1e-5)
            return probabilities.map(\.bitPattern)
        }
        let texts: [[UInt8]] = [
            [], [0], [0, 0x61, 0], [0xFF, 0xFE, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF5], Array("👍🏽👩‍👩‍👧‍👦🇩🇪".utf8),
            Array("\u{202E}\u{200F}שלום\u{202C}\u{061C}".utf8), [0xF0, 0x9F], Array("e\u{301}\u{301}\u{301}".utf8),
        ]
        for text in texts { #expect(probabilities(of: text) == probabilities(of: text)) }
        for character in ["a", " ", "é", "\u{0}", "👍"] {
            let long = Array(String(repeating: character, count: 10_000_000 / character.utf8.count).utf8)
            #expect(probabilities(of: long) == probabilities(of: Array(long.prefix(limit))))
        }
    }

    @Test("every message says what was found and what to do")
    func messages() {
        let errors: [(ModelFileError, [String])] = [
            (.cannotOpen(path: "a.attar", code: 2), ["a.attar", "2", "exist"]),
            (.notAFile(path: "runs"), ["runs", "regular file"]),
            (.tooShort(bytes: 3), ["3 bytes", "cut off"]),
            (.unsupportedVersion(major: 9, minor: 1), ["9.1", "version 1"]),
            (.sizeMismatch(expected: 10, found: 7), ["10", "7", "copy it again"]),
            (.sectionDamaged(kind: 3), ["section 3", "copy it again"]),
            (.trainingInstruction(index: 4), ["instruction 4", "training"]),
            (.tooMuchMemory(bytes: 12345, limit: 99), ["12345", "99"]),
        ]
        for (error, parts) in errors {
            for part in parts { #expect("\(error)".contains(part), "\(error)") }
        }
    }

    @Test("a classifier shares its file with others, and they agree")
    func sharing() async throws {
        let model = try SmallModel(width: 33, hidden: 17)
        let file = try ModelFile(path: folder.write(model.bytes, to: "model.attar"))
        var random = SeededRandom(seed: 5)
        let texts = (0..<40).map { _ in RandomText.sentence(words: 4, &random) }
        let alone = try Classifier(file)
        let expected = texts.map(alone.predict)
        try await withThrowingTaskGroup(of: [Prediction].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let classifier = try Classifier(file)
                    return texts.map(classifier.predict)
                }
            }
            for try await predictions in group { #expect(predictions == expected) }
        }
    }
}

extension Leaf {
    /// Bytes that are already in the layout of the kernels.
    init(stored bytes: [UInt8]) { self.init(rows: 0, columns: 0, .stored(bytes)) }
}
