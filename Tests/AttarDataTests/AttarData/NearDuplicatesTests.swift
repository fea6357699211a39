import AttarData
import Testing

@Suite struct NearDuplicatesTests {
    /// Texts of which about half are edits of earlier ones, light and heavy.
    private func texts(count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        var texts: [String] = []
        while texts.count < count {
            guard Bool.random(using: &generator), let original = texts.randomElement(using: &generator) else {
                texts.append(Samples.sentence(words: 3...25, using: &generator))
                continue
            }
            var words = original.split(separator: " ").map(String.init)
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let index = Int.random(in: words.indices, using: &generator)
                words[index] =
                    Bool.random(using: &generator) ? Samples.word(using: &generator) : words[index] + "s"
            }
            texts.append(words.joined(separator: Bool.random(using: &generator) ? " " : ", "))
        }
        return texts
    }

    /// Runs of three characters, found as strings and then numbered: another way to the same sets.
    private func runs(of texts: [String]) -> [Set<Int>] {
        var numbers: [String: Int] = [:]
        return texts.map { text in
            let scalars = Array(" \(normalizedText(text)) ".unicodeScalars)
            let runs = (0...scalars.count - 3).map { start in scalars[start..<start + 3].map(String.init).joined() }
            return Set(
                runs.map { run in
                    let number = numbers[run, default: numbers.count]
                    numbers[run] = number
                    return number
                })
        }
    }

    private func similarity(_ left: Set<Int>, _ right: Set<Int>) -> Double {
        let shared = left.count { right.contains($0) }
        return Double(shared) / Double(left.count + right.count - shared)
    }

    @Test(arguments: [0.5, 0.7, 0.8, 0.9, 1.0])
    func allThatBruteForceFindsIsFound(threshold: Double) {
        let texts = texts(count: 500, seed: 41)
        let runs = runs(of: texts)
        var expected: [Int?] = []
        for row in texts.indices {
            expected.append(
                (0..<row).first { expected[$0] == nil && similarity(runs[row], runs[$0]) >= threshold })
        }
        #expect(expected.count { $0 != nil } > 20)
        #expect(nearDuplicates(in: texts, threshold: threshold) == expected)
    }

    @Test(arguments: [0.7, 0.9])
    func groupsAreConnectedComponents(threshold: Double) {
        let texts = texts(count: 400, seed: 42)
        let runs = runs(of: texts)
        var expected = Array(texts.indices)
        for row in texts.indices {
            for other in 0..<row where expected[row] != expected[other] {
                guard similarity(runs[row], runs[other]) >= threshold else { continue }
                let (low, high) = (min(expected[row], expected[other]), max(expected[row], expected[other]))
                for index in expected.indices where expected[index] == high { expected[index] = low }
            }
        }
        #expect(nearDuplicateGroups(in: texts, threshold: threshold) == expected)
    }

    @Test func shortAndEmptyTexts() {
        let texts = ["", "a", "A!", "b", " ", "", "ok", "Ok.", "…", "日", "日。"]
        #expect(nearDuplicates(in: texts, threshold: 0.9) == [nil, nil, 1, nil, 0, 0, nil, 6, nil, nil, 9])
        #expect(nearDuplicates(in: [], threshold: 0.9) == [])
    }

    @Test func manyCopiesOfOneTextAreCheap() {
        let texts = (0..<20_000).map { "the same review, written once and pasted often\($0 % 3 == 0 ? "!" : "")" }
        let copies = nearDuplicates(in: texts, threshold: 0.9)
        #expect(copies[0] == nil)
        #expect(copies.dropFirst().allSatisfy { $0 == 0 })
    }

    /// Each resembles many others, but few closely enough: comparing all of them with all would take minutes.
    @Test func aTemplateFilledInManyTimesIsCheap() {
        let texts = (0..<20_000).map {
            "order \($0 * 7919 % 1_000_003) has not arrived and nobody at the shop can tell me why"
        }
        #expect(Set(nearDuplicateGroups(in: texts, threshold: 0.8)) == [0])
        #expect(nearDuplicates(in: texts, threshold: 0.8).count { $0 == nil } < texts.count / 20)
    }

    /// The issue's own figure: of pairs at a similarity of 0.8 or more, brute force finds hardly any that the search misses.
    @Test func pairsAreFoundOneByOne() {
        let texts = texts(count: 1000, seed: 43)
        let runs = runs(of: texts)
        var pairs = 0
        var found = 0
        for row in texts.indices {
            for other in 0..<row where runs[row] != runs[other] && similarity(runs[row], runs[other]) >= 0.8 {
                pairs += 1
                if nearDuplicates(in: [texts[other], texts[row]], threshold: 0.8)[1] != nil { found += 1 }
            }
        }
        #expect(pairs > 100)
        #expect(Double(found) >= 0.999 * Double(pairs))
    }
}
