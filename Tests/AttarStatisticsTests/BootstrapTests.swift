import AttarStatistics
import Testing

@Suite struct BootstrapTests {
    @Test func drawsKeepTheStrataAndRepeatWithTheSeed() {
        let strata = [2, 0, 2, 2, 5, 0, 2]
        let bootstrap = Bootstrap(classes: strata, resampling: .rowsWithinClasses, seed: 1)
        var seen: [[Int32]] = []
        _ = bootstrap.draws(20) { rows in
            #expect(rows.map { strata[Int($0)] } == [0, 0, 2, 2, 2, 2, 5])
            seen.append(rows)
            return 0
        }
        #expect(Set(seen).count > 10)
        var again: [[Int32]] = []
        _ = Bootstrap(classes: strata, resampling: .rowsWithinClasses, seed: 1).draws(20) {
            again.append($0)
            return 0
        }
        #expect(seen == again)
    }

    @Test func eachRowOfAStratumIsDrawnEquallyOften() {
        let strata = [Int](repeating: 0, count: 9)
        var counts = [Int](repeating: 0, count: 9)
        _ = Bootstrap(classes: strata, seed: 2).draws(4_000) { rows in
            for row in rows { counts[Int(row)] += 1 }
            return 0
        }
        for count in counts { #expect((3_750...4_250).contains(count)) }
    }

    @Test func figuresOfAllRowsAreThoseOfTheMatrix() {
        let (truth, predicted) = invented(rows: 500, classCount: 7, accuracy: 0.7, seed: 11)
        let other = invented(rows: 500, classCount: 7, accuracy: 0.5, seed: 11).predicted
        let gaps = other.indices.map { $0 % 5 == 0 ? nil : other[$0] }
        let answered = other.indices.filter { $0 % 5 != 0 }
        var counts = DrawCounts(truth: truth, predictions: [predicted, gaps], classCount: 9)
        counts.count(truth.indices.map(Int32.init))
        let expected: [(rows: [Int], predicted: [Int], figures: (accuracy: Double, macroF1: Double))] = [
            (Array(truth.indices), predicted, counts.figures(of: 0)), (answered, other, counts.figures(of: 1)),
            (answered, predicted, counts.figures(of: 0, answeredToo: 1)),
        ]
        for (rows, predicted, figures) in expected {
            let (truth, predicted) = (rows.map { truth[$0] }, rows.map { predicted[$0] })
            #expect(figures.accuracy == accuracy(truth: truth, predicted: predicted))
            #expect(isClose(figures.macroF1, macroF1(truth: truth, predicted: predicted, classCount: 9)))
        }
        counts.count([0, 5, 10])
        #expect(counts.figures(of: 1).accuracy.isNaN)
    }

    /// Intervals of 400 simulated samples hold the macro-F1 of the whole population about as often as they claim, if rows
    /// are drawn again as the sample was.
    @Test(arguments: [Resampling.rows, .rowsWithinClasses])
    func macroF1IntervalCovers(resampling: Resampling) throws {
        let (truth, predicted) = invented(rows: 100_000, classCount: 4, accuracy: 0.8, seed: 5)
        let whole = macroF1(truth: truth, predicted: predicted, classCount: 4)
        let byClass = (0..<4).map { label in truth.indices.filter { truth[$0] == label } }
        var generator = SplitMix64(seed: 6)
        var held = 0
        for sample in 0..<400 {
            let rows =
                switch resampling {
                case .rows: (0..<400).map { _ in generator.below(truth.count) }
                case .rowsWithinClasses:
                    byClass.flatMap { members in
                        (0..<members.count / 250).map { _ in members[generator.below(members.count)] }
                    }
                }
            let interval = try #require(
                macroF1Interval(
                    truth: rows.map { truth[$0] }, predicted: rows.map { predicted[$0] }, classCount: 4, draws: 400,
                    resampling: resampling, seed: UInt64(sample)))
            held += interval.contains(whole) ? 1 : 0
        }
        #expect((366...394).contains(held), "\(held) of 400")
    }

    @Test func degenerateCases() throws {
        let right = try #require(macroF1Interval(truth: [0, 1, 1], predicted: [0, 1, 1], classCount: 3, seed: 1))
        #expect(right.lower == 1 && right.upper == 1)
        let wrong = try #require(macroF1Interval(truth: [0, 1, 1], predicted: [1, 0, 0], classCount: 3, seed: 1))
        #expect(wrong.lower == 0 && wrong.upper == 0)
        #expect(macroF1Interval(truth: [], predicted: [], classCount: 3, seed: 1) == nil)
        #expect(meanInterval(of: [], classes: [], seed: 1) == nil)
        let constant = try #require(meanInterval(of: [2, 2, 2], classes: [0, 0, 1], seed: 1))
        #expect(constant.lower == 2 && constant.upper == 2)
    }

    @Test func meanIntervalIsNearTheNormalOne() throws {
        var generator = SplitMix64(seed: 12)
        let values = (0..<2_000).map { _ in generator.normal() }
        let interval = try #require(meanInterval(of: values, classes: values.map { _ in 0 }, draws: 2_000, seed: 3))
        #expect(abs((interval.upper - interval.lower) - 2 * 1.96 / 2_000.0.squareRoot()) < 0.01)
    }
}

/// Rows whose prediction is right with the given probability and otherwise any class.
func invented(rows: Int, classCount: Int, accuracy: Double, seed: UInt64) -> (truth: [Int], predicted: [Int]) {
    var generator = SplitMix64(seed: seed)
    let truth = (0..<rows).map { _ in min(generator.below(classCount), generator.below(classCount)) }
    let predicted = truth.map { generator.uniform() < accuracy ? $0 : generator.below(classCount) }
    return (truth, predicted)
}
