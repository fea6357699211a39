import AttarGraph
import AttarRuntime
import AttarTestSupport
import CAllocationCounter
import Foundation
import Testing

@Suite("A cascade")
struct CascadeTests {
    private static func score(_ score: Cascade.Score, _ row: [Float]) -> Float {
        row.withUnsafeBufferPointer { score.value(of: $0) }
    }

    @Test("scores rows of probabilities as their formulas say")
    func scores() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<200 {
            var row = (0..<random.whole(in: 2...9)).map { _ in Float(random.whole(in: 0...1000)) + 1 }
            let total = row.reduce(0, +)
            row = row.map { $0 / total }
            let sorted = row.sorted(by: >)
            #expect(Self.score(.probability, row) == sorted[0])
            #expect(Self.score(.margin, row) == sorted[0] - sorted[1])
            let entropy = row.reduce(0.0) { $0 - Double($1) * log(Double($1)) }
            #expect(abs(Double(Self.score(.entropy, row)) - (1 - entropy / log(Double(row.count)))) < 1e-6)
        }
        #expect(Self.score(.entropy, [0.25, 0.25, 0.25, 0.25]) <= 1e-6)
        for score in Cascade.Score.allCases {
            #expect(Self.score(score, [0, 1, 0]) == 1)
            #expect(Self.score(score, [1]) == 1)
            #expect((0...1).contains(Self.score(score, [0.5, 0.5])))
        }
    }

    @Test("answers from its thresholds on, and never what is unfamiliar, unknown or no number")
    func decisions() {
        var cascade = Cascade(
            score: .probability, standard: .gold, target: 0.9, confidence: 0.95, rows: 10, coverage: 1,
            thresholds: [0.5], leastFamiliarity: 0.25)
        func defers(_ row: [Float], familiarity: Float = 1) -> Bool {
            row.withUnsafeBufferPointer { cascade.defers($0, familiarity: familiarity) }
        }
        #expect(!defers([0.5, 0.5]) && !defers([0.9, 0.1]) && defers([0.4, 0.35, 0.25]))
        #expect(!defers([0.9, 0.1], familiarity: 0.25) && defers([0.9, 0.1], familiarity: 0.24))
        cascade.thresholds = [0.5, Cascade.never]
        #expect(!defers([0.9, 0.1]) && defers([0.1, 0.9]) && defers([0, 1]))
        cascade.thresholds = [0]
        cascade.leastFamiliarity = 0
        #expect(!defers([0.5, 0.5]) && defers([0.5, 0.5], familiarity: 0) && defers([.nan, .nan]))
    }

    @Test("tells how familiar a text is by tokens and their neighbours")
    func familiarity() {
        let featurizer = Featurizer.nGrams(NGramFeaturizer(buckets: 64))
        let texts = ["my card was charged twice", "where is my money"]
        let familiar = FamiliarTokens(of: texts, featurizer: featurizer)
        #expect(familiar.familiarities(of: texts, featurizer: featurizer) == [1, 1])
        #expect(familiar.count <= 16 && familiar.buckets >= 4 * familiar.count)
        let found = familiar.familiarities(
            of: ["My CARD was charged", "twice charged was card my", "quantum flux capacitor", "", "  "],
            featurizer: featurizer)
        #expect(found[0] == 1 && found[1] < 1 && found[1] >= 5.0 / 9 && found[2] < 0.5 && found[3...] == [0, 0])
        // Whatever the featurizer: tokens are the same.
        let tokens = Featurizer.tokens(TokenFeaturizer(vocabulary: 8, maximumTokens: 64))
        #expect(FamiliarTokens(of: texts, featurizer: tokens) == familiar)
        #expect(familiar.familiarities(of: texts, featurizer: tokens) == [1, 1])
    }

    @Test("of many texts has no more than 64 KB")
    func size() {
        var random = SeededRandom(seed: 1)
        let texts = (0..<40_000).map { _ in (0..<8).map { _ in "w\(random.below(1 << 30))" }.joined(separator: " ") }
        let featurizer = Featurizer.tokens(TokenFeaturizer(vocabulary: 8, maximumTokens: 64))
        #expect(FamiliarTokens(of: texts, featurizer: featurizer).buckets == 1 << 19)
    }

    @Test("of a file decides the same one by one, in batches and from the outside", arguments: Cascade.Score.allCases)
    func classifiers(score: Cascade.Score) throws {
        var model = try SmallModel(width: 6)
        model.decision = .deferring(labels: 3, score: score)
        let memory = FileMemory(try model.certifiedBytes(kernels: Kernels()))
        let file = try ModelFile(bytes: memory.bytes, owner: memory)
        #expect(try file.verify() == .passed(cases: 9))
        let cascade = try #require(file.decision?.cascade)
        let familiar = try #require(cascade.familiar)
        let one = try Classifier(file)
        let many = try BatchClassifier(file, threads: 2, batch: 5)
        var random = SeededRandom(seed: 4)
        let texts = (0..<300).map { RandomText.sentence(words: $0 % 7, &random) }
        let alone = texts.map(one.predict)
        #expect(many.predict(texts) == alone)
        let familiarities = familiar.familiarities(of: texts, featurizer: file.featurizer)
        for (prediction, familiarity) in zip(alone, familiarities) {
            #expect(prediction.familiarity == familiarity)
            prediction.probabilities.withUnsafeBufferPointer {
                #expect(prediction.defers == cascade.defers($0, familiarity: familiarity))
                #expect(prediction.score == score.value(of: $0))
            }
            #expect(prediction.isAnswered == (!prediction.defers && !prediction.abstains))
        }
        #expect(alone.contains { $0.defers } && alone[0].defers)
    }

    @Test("costs a prediction no allocation", .enabled(if: allocation_counter_works()))
    func allocations() throws {
        var model = try SmallModel()
        model.decision = .deferring(labels: 3, score: .entropy)
        let memory = FileMemory(model.bytes)
        let classifier = try Classifier(ModelFile(bytes: memory.bytes, owner: memory))
        let cascade = try #require(classifier.file.decision?.cascade)
        let text = Array("My card was charged twice!".utf8)
        var deferred = 0
        text.withUnsafeBufferPointer { text in
            allocation_counter_set(true)
            defer { allocation_counter_set(false) }
            let before = allocation_counter_read_own()
            for size in 0..<text.count {
                let output = classifier.output(of: UnsafeBufferPointer(rebasing: text[..<size]))
                if cascade.defers(output.probabilities, familiarity: output.familiarity) { deferred += 1 }
            }
            let taken = allocation_counter_read_own() - before
            allocation_counter_set(false)
            #expect(taken == 0)
        }
        #expect(deferred > 0)
    }
}
