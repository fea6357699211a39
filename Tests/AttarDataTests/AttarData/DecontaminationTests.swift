import AttarData
import Foundation
import Testing

/// Copies of held-out rows planted among others: what is caught, and what is lost with it.
@Suite struct DecontaminationTests {
    /// How the held-out rows fared: 1,000 planted copies, 1,000 planted edits of each kind, and unrelated rows.
    private struct Figures {
        var exactCaught = 0
        var exact = 0
        var editsCaught = 0
        var edits = 0
        var unrelatedLost = 0
        var unrelated = 0
    }

    private func measure(heldOut: [String], unrelated: [String], seed: UInt64) -> Figures {
        var generator = SeededGenerator(seed: seed)
        let fingerprint = Fingerprint(heldOut: heldOut)
        var figures = Figures()
        for text in heldOut {
            figures.exact += 1
            if fingerprint.match(text) == .exact { figures.exactCaught += 1 }
            let words = normalizedText(text).split(separator: " ").count
            for edit in LightEdit.allCases where words >= edit.leastWords {
                figures.edits += 1
                let edited = edit.apply(to: text, others: unrelated, using: &generator)
                if fingerprint.knows(edited) { figures.editsCaught += 1 }
            }
        }
        figures.unrelated = unrelated.count
        figures.unrelatedLost = unrelated.count { fingerprint.knows($0) }
        return figures
    }

    private func check(_ figures: Figures) {
        #expect(figures.exact == 1000)
        #expect(figures.exactCaught == figures.exact)
        #expect(figures.edits > 3000)
        #expect(Double(figures.editsCaught) >= 0.95 * Double(figures.edits), "\(figures)")
        #expect(figures.unrelated == 10_000)
        #expect(Double(figures.unrelatedLost) <= 0.005 * Double(figures.unrelated), "\(figures)")
    }

    @Test(arguments: [4...9, 10...20, 30...60])
    func copiesOfInventedTextsAreCaught(words: ClosedRange<Int>) {
        var generator = SeededGenerator(seed: 91)
        let texts = (0..<11_000).map { _ in Samples.sentence(words: words, using: &generator) }
        check(measure(heldOut: Array(texts.prefix(1000)), unrelated: Array(texts.dropFirst(1000)), seed: 92))
    }

    private static let datasets = ProcessInfo.processInfo.environment["ATTAR_DATASETS"]

    /// The unrelated rows are training rows of all four sets.
    @Test(.enabled(if: datasets != nil, "needs ATTAR_DATASETS"), arguments: ["ag_news", "sst2", "banking77", "trec6"])
    func copiesOfPublicTextsAreCaught(name: String) throws {
        func texts(_ name: String, _ part: String) throws -> [String] {
            let file = URL(filePath: try #require(Self.datasets)).appending(path: "\(name)/\(part).csv")
            return try TextTable.read(file, textColumn: "text", labelColumn: nil).map(\.text)
        }
        var generator = SeededGenerator(seed: 93)
        var known: Set<String> = []
        let heldOut = try texts(name, "test") + texts(name, "train")
        let distinct = heldOut.filter { known.insert(normalizedText($0)).inserted }
        let chosen = Array(distinct.prefix(1000))
        let others = try ["ag_news", "sst2", "banking77", "trec6"].flatMap { try texts($0, "train") }
            .shuffled(using: &generator)
        let unrelated = Unrelated(to: chosen).texts(among: others, count: 10_000)
        check(measure(heldOut: chosen, unrelated: unrelated, seed: 94))
    }
}

/// Texts that share less than three quarters of their words with each of others, and are no part of one: what is nearer is a
/// near copy, and belongs caught.
private struct Unrelated {
    private var textsOfWord: [Substring: [Int]] = [:]
    private var sizes: [Int] = []

    init(to texts: [String]) {
        for (index, text) in texts.enumerated() {
            let words = Set(normalizedText(text).split(separator: " "))
            sizes.append(words.count)
            for word in words { textsOfWord[word, default: []].append(index) }
        }
    }

    func texts(among candidates: [String], count: Int) -> [String] {
        Array(candidates.lazy.filter(isUnrelated).prefix(count))
    }

    private func isUnrelated(_ text: String) -> Bool {
        let words = Set(normalizedText(text).split(separator: " "))
        var shared = [Int](repeating: 0, count: sizes.count)
        for word in words { for index in textsOfWord[word] ?? [] { shared[index] += 1 } }
        return !words.isEmpty
            && zip(shared, sizes).allSatisfy { shared, size in
                4 * shared < 3 * max(size, words.count) && shared < min(size, words.count)
            }
    }
}
