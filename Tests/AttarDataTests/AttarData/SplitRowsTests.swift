import AttarData
import Testing

@Suite struct SplitRowsTests {
    private let fractions = SplitFractions(validation: 0.1, calibration: 0.15)

    /// Distinct texts with labels of very different frequency, some without.
    private func rows(seed: UInt64) -> (texts: [String], strata: [Int?]) {
        var generator = SeededGenerator(seed: seed)
        var texts: [String] = []
        var strata: [Int?] = []
        for (label, count) in [(0, 400), (1, 57), (2, 9), (3, 2), (4, 1), (nil, 120)] as [(Int?, Int)] {
            for _ in 0..<count {
                texts.append(Samples.sentence(words: 8...20, using: &generator))
                strata.append(label)
            }
        }
        return (texts, strata)
    }

    private func split(_ texts: [String], _ strata: [Int?], seed: UInt64 = 1) -> [Split] {
        splitRows(texts: texts, strata: strata, fractions: fractions, seed: seed)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func everyStratumGivesItsShare(seed: UInt64) {
        let (texts, strata) = rows(seed: 61)
        let splits = split(texts, strata, seed: seed)
        for stratum in Set(strata) {
            let members = splits.indices.filter { strata[$0] == stratum }.map { splits[$0] }
            #expect(members.count { $0 == .validation } == Int((0.1 * Double(members.count)).rounded()))
            #expect(members.count { $0 == .calibration } == Int((0.15 * Double(members.count)).rounded()))
            #expect(members.contains(.train))
        }
    }

    @Test func theSeedDecides() {
        let (texts, strata) = rows(seed: 62)
        #expect(split(texts, strata, seed: 1) == split(texts, strata, seed: 1))
        #expect(split(texts, strata, seed: 1) != split(texts, strata, seed: 2))
    }

    @Test func theOrderOfRowsDoesNotMatter() {
        let (texts, strata) = rows(seed: 63)
        let splits = split(texts, strata)
        var generator = SeededGenerator(seed: 64)
        let order = texts.indices.shuffled(using: &generator)
        #expect(split(order.map { texts[$0] }, order.map { strata[$0] }) == order.map { splits[$0] })
    }

    @Test func rowsOfOtherLabelsMoveNothing() {
        let (texts, strata) = rows(seed: 65)
        let splits = split(texts, strata)
        var generator = SeededGenerator(seed: 66)
        let added = (0..<100).map { _ in Samples.sentence(words: 8...20, using: &generator) }
        #expect(split(texts + added, strata + added.map { _ in 7 }).prefix(texts.count) == splits[...])
    }

    @Test func aRowMoreOfALabelMovesFewOfItsOthers() {
        let (texts, strata) = rows(seed: 67)
        let splits = split(texts, strata)
        var generator = SeededGenerator(seed: 68)
        for _ in 0..<20 {
            let added = Samples.sentence(words: 8...20, using: &generator)
            let after = split(texts + [added], strata + [0])
            #expect(zip(splits, after).count { $0 != $1 } <= 2)
        }
    }

    @Test func nearTextsStayTogether() {
        var (texts, strata) = rows(seed: 69)
        var generator = SeededGenerator(seed: 70)
        let originals = texts.count
        for index in 0..<originals where index % 3 == 0 {
            texts.append(texts[index].uppercased() + "!")
            strata.append(strata[index])
            texts.append(texts[index] + " x")
            // Even where the same text has another label.
            strata.append(Int.random(in: 0...4, using: &generator))
        }
        let splits = split(texts, strata)
        let groups = nearDuplicateGroups(in: texts, threshold: 0.9)
        #expect(Set(groups).count < texts.count - originals / 2)
        for (row, first) in groups.enumerated() { #expect(splits[row] == splits[first]) }
        for part in [Split.validation, .calibration] {
            let share = part == .validation ? 0.1 : 0.15
            let count = Double(splits.count { $0 == part })
            #expect(abs(count - share * Double(texts.count)) < 0.03 * Double(texts.count))
        }
    }

    @Test func aSingleGroupStaysInTrain() {
        let texts = Array(repeating: "the same text", count: 40)
        #expect(split(texts, texts.map { _ in 0 }) == texts.map { _ in .train })
        #expect(split([], []) == [])
        #expect(split(["a"], [nil]) == [.train])
    }
}
