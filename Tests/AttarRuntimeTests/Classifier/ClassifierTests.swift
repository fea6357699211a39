import AttarRuntime
import AttarTestSupport
import CAllocationCounter
import Testing

@Suite("A classifier")
struct ClassifierTests {
    static let models: [@Sendable () throws -> SmallModel] = [
        { try SmallModel(width: 33, hidden: 17) },
        { try SmallModel(table: .int4Rows, width: 5, known: true) },
        { try SmallModel(width: 32, hidden: 40, heads: 4, readsTokens: true) },
    ]

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ model: SmallModel) throws -> ModelFile {
        try ModelFile(path: folder.write(model.bytes, to: "model.attar"))
    }

    private func texts(_ count: Int) -> [String] {
        var random = SeededRandom(seed: 7)
        return (0..<count).map { index in
            // Empty and too long ones among them.
            index % 9 == 0
                ? String(decoding: RandomText.bytes(longest: 90, &random), as: UTF8.self)
                : RandomText.sentence(words: index % 7, &random)
        }
    }

    @Test("predicts many texts with the bits of one by one", arguments: 0..<3, [(1, 1), (2, 16), (3, 5)])
    func batches(model: Int, setting: (threads: Int, batch: Int)) throws {
        let file = try file(Self.models[model]())
        let alone = try Classifier(file)
        let many = try BatchClassifier(file, threads: setting.threads, batch: setting.batch)
        for count in [0, 1, 2, 300] {
            let texts = texts(count)
            #expect(many.predict(texts) == texts.map(alone.predict))
        }
    }

    @Test("works in memory of the caller, and nowhere else", arguments: 0..<3)
    func memory(model: Int) throws {
        let file = try file(Self.models[model]())
        let bytes = try Classifier.workingBytes(file)
        let guarded = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes + 128, alignment: 64)
        defer { guarded.deallocate() }
        guarded.initializeMemory(as: UInt8.self, repeating: 0xA5)
        let given = UnsafeMutableRawBufferPointer(rebasing: guarded[64..<(64 + bytes)])
        let classifier = try Classifier(file, memory: given)
        let alone = try Classifier(file)
        for text in texts(40) { #expect(classifier.predict(text) == alone.predict(text)) }
        #expect(guarded[..<64].allSatisfy { $0 == 0xA5 } && guarded[(64 + bytes)...].allSatisfy { $0 == 0xA5 })
    }

    @Test("refuses memory that is too small or not aligned")
    func unfitMemory() throws {
        let file = try file(SmallModel())
        let bytes = try Classifier.workingBytes(file)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes + 64, alignment: 64)
        defer { memory.deallocate() }
        for range in [0..<(bytes - 1), 4..<(bytes + 4), 0..<0] {
            let given = UnsafeMutableRawBufferPointer(rebasing: memory[range])
            let error = RuntimeError.memoryUnfit(bytes: given.count, needed: bytes, alignment: 64)
            #expect(throws: ModelFileError.unusable(error)) { try Classifier(file, memory: given) }
        }
    }

    @Test("gives the likeliest labels, the first of equals before others")
    func top() throws {
        let classifier = try Classifier(file(SmallModel(labels: ["a", "b", "c", "d", "e"])))
        for text in texts(20) {
            let prediction = classifier.predict(text)
            let ranked = prediction.probabilities.enumerated()
                .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
                .map { RankedLabel(index: $0.offset, probability: $0.element) }
            for count in 0...6 { #expect(prediction.top(count) == Array(ranked.prefix(count))) }
        }
        let equal: [Float] = [0.25, 0.5, 0.25, 0.5]
        let room = UnsafeMutableBufferPointer<RankedLabel>.allocate(capacity: 3)
        defer { room.deallocate() }
        let count = equal.withUnsafeBufferPointer { RankedLabel.rank($0, into: room) }
        #expect(count == 3 && room.map(\.index) == [1, 3, 0])
    }

    @Test("abstains below its threshold")
    func abstention() throws {
        let classifier = try Classifier(file(SmallModel()))
        #expect(classifier.abstentionThreshold == 0)
        for text in texts(20) {
            classifier.abstentionThreshold = 0
            let prediction = classifier.predict(text)
            #expect(!prediction.abstains)
            classifier.abstentionThreshold = prediction.confidence
            #expect(!classifier.predict(text).abstains)
            classifier.abstentionThreshold = prediction.confidence.nextUp
            #expect(classifier.predict(text).abstains)
        }
    }

    @Test("allocates nothing for a prediction", .enabled(if: allocation_counter_works()), arguments: 0..<3)
    func allocations(model: Int) throws {
        let classifier = try Classifier(file(Self.models[model]()))
        let texts = texts(50).map { Array($0.utf8) }
        var probabilities = [Float](repeating: 0, count: classifier.labels.count)
        allocation_counter_set(true)
        defer { allocation_counter_set(false) }
        let before = allocation_counter_read_own()
        for text in texts {
            text.withUnsafeBufferPointer { text in
                probabilities.withUnsafeMutableBufferPointer { _ = classifier.predict(text, into: $0) }
            }
        }
        let taken = allocation_counter_read_own() - before
        allocation_counter_set(false)
        #expect(taken == 0)
    }
}
