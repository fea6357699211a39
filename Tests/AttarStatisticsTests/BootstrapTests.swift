import AttarStatistics
import Testing

@Suite struct BootstrapTests {
    @Test func drawsKeepTheStrataAndRepeatWithTheSeed() {
        let strata = [2, 0, 2, 2, 5, 0, 2]
        let draws = { (count: Int) in
            Bootstrap(classes: strata, resampling: .rowsWithinClasses, seed: 1)
                .draws(count) { weights, _ in weights.map(Double.init) }
        }
        for weights in draws(40) {
            #expect(weights[1] + weights[5] == 2)
            #expect(weights[4] == 1)
            #expect(weights[0] + weights[2] + weights[3] + weights[6] == 4)
        }
        #expect(Set(draws(40)).count > 10)
        #expect(draws(40) == draws(40))
    }

    /// Each draw depends on its own number alone, so neither the count of draws nor who makes them changes it.
    @Test func drawsDoNotDependOnOtherDraws() {
        let bootstrap = Bootstrap(classes: [Int](repeating: 0, count: 30), seed: 3)
        let all = bootstrap.draws(100) { weights, _ in weights.map(Double.init) }
        for count in [0, 1, 15, 16, 17, 63] {
            #expect(bootstrap.draws(count) { weights, _ in weights.map(Double.init) } == Array(all.prefix(count)))
        }
    }

    @Test func eachRowOfAStratumIsDrawnEquallyOften() {
        let bootstrap = Bootstrap(classes: [Int](repeating: 0, count: 9), seed: 2)
        let draws = bootstrap.draws(4_000) { weights, _ in weights.map(Double.init) }
        for row in 0..<9 {
            let count = draws.reduce(0) { $0 + $1[row] }
            #expect((3_750...4_250).contains(count))
            let variance = draws.reduce(0) { $0 + ($1[row] - 1) * ($1[row] - 1) } / 4_000
            #expect((0.82...0.96).contains(variance), "a binomial count of 9 in 9 has variance 8 / 9")
        }
    }

    @Test func figuresOfCountedRowsAreThoseOfTheMatrix() {
        let (truth, predicted) = invented(rows: 500, classCount: 7, accuracy: 0.7, seed: 11)
        let other = invented(rows: 500, classCount: 7, accuracy: 0.5, seed: 11).predicted
        let gaps = other.indices.map { $0 % 5 == 0 ? nil : other[$0] }
        let answered = other.indices.filter { $0 % 5 != 0 }
        let cells = AnswerCells(truth: truth, predictions: [predicted, gaps], classCount: 9)
        let counts = cells.counts([UInt16](repeating: 1, count: 500))
        let expected: [(rows: [Int], predicted: [Int], classes: [ClassMetrics])] = [
            (Array(truth.indices), predicted, cells.classes(of: 0, counts: counts)),
            (answered, other, cells.classes(of: 1, counts: counts)),
            (answered, predicted, cells.classes(of: 0, answeredToo: 1, counts: counts)),
        ]
        for (rows, predicted, classes) in expected {
            let matrix = ConfusionMatrix(
                truth: rows.map { truth[$0] }, predicted: rows.map { predicted[$0] }, classCount: 9)
            #expect(classes == matrix.classes)
        }
        #expect(cells.hasAnswers(of: 0, whereAnswered: 1) && !cells.hasAnswers(of: 1, whereAnswered: 0))
    }

    /// Means by row leave out rows without an answer, in every draw.
    @Test func meansAreOfAnsweredRows() throws {
        let truth = [0, 1, 0, 1, 1]
        let joint = JointBootstrap(
            truth: truth, predictions: [[0, nil, 0, nil, 1], [1, 1, 1, 1, 1]],
            values: [[[2, 100, 2, 100, 2]], [[1, 2, 3, 4, 5], [7, 7, 7, 7, 7]]], pairs: [(0, 1)], classCount: 2,
            draws: 200, level: 0.95, resampling: .rows, seed: 5)
        let constant = try #require(joint.systems[0].means[0])
        #expect(constant.lower == 2 && constant.upper == 2)
        let varying = try #require(joint.systems[1].means[0])
        #expect(varying.lower > 1 && varying.lower < 3 && varying.upper > 3 && varying.upper < 5)
        #expect(joint.systems[1].means[1] == Interval(lower: 7, upper: 7, level: 0.95))
        #expect(joint.pairs[0]?.rows == 3)
    }

    /// Intervals of 400 simulated samples hold the macro-F1 of the whole population about as often as they claim, if
    /// rows are drawn again as the sample was.
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

    /// Figures without scatter in the sample are not taken for certain, nor are bounds beyond what is possible.
    @Test func degenerateCases() throws {
        let right = try #require(macroF1Interval(truth: [0, 1, 1], predicted: [0, 1, 1], classCount: 3, seed: 1))
        #expect(right.lower < 0.5 && right.upper == 1)
        let wrong = try #require(macroF1Interval(truth: [0, 1, 1], predicted: [1, 0, 0], classCount: 3, seed: 1))
        #expect(wrong.lower == 0 && wrong.upper > 0.5 && wrong.upper <= 1)
        let oneRow = try #require(macroF1Interval(truth: [0], predicted: [0], classCount: 1, seed: 1))
        #expect(oneRow.upper == 1)
        #expect(macroF1Interval(truth: [], predicted: [], classCount: 3, seed: 1) == nil)
        #expect(meanInterval(of: [], classes: [], seed: 1) == nil)
        #expect(meanInterval(of: [1], classes: [0], draws: 0, seed: 1) == nil)
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
