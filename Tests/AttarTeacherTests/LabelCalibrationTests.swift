import AttarStatistics
import AttarTeacher
import Foundation
import Testing

@Suite struct LabelCalibrationTests {
    /// Rows whose labels are drawn from their own probabilities, which are then sharpened.
    private func teacher(_ count: Int, sharpness: Double, seed: UInt64) -> (rows: [[Double]], gold: [Int]) {
        var random = SplitMix64(seed: seed)
        var rows: [[Double]] = []
        var gold: [Int] = []
        for _ in 0..<count {
            let raw = (0..<3).map { _ in Double.random(in: 0.05...1, using: &random) }
            let honest = raw.map { $0 / raw.reduce(0, +) }
            var draw = Double.random(in: 0..<1, using: &random)
            gold.append(
                honest.firstIndex { probability in
                    draw -= probability
                    return draw < 0
                } ?? 2)
            rows.append(LabelCalibrationTests.powered(honest, sharpness))
        }
        return (rows, gold)
    }

    private static func powered(_ row: [Double], _ power: Double) -> [Double] {
        let raised = row.map { pow($0, power) }
        return raised.map { $0 / raised.reduce(0, +) }
    }

    @Test(arguments: [0.5, 1, 2, 4], [1, 2] as [UInt64]) func overconfidenceIsTakenBack(
        _ sharpness: Double, _ seed: UInt64
    ) {
        let (rows, gold) = teacher(2000, sharpness: sharpness, seed: seed)
        let calibration = LabelCalibration(fitting: rows, gold: gold)
        #expect(abs(calibration.temperature / sharpness - 1) < 0.25)
        #expect(calibration.rows == 2000)
        if sharpness >= 2 { #expect(calibration.errorAfter! < calibration.errorBefore! / 2) }
        for row in rows.prefix(20) {
            let applied = calibration.applied(to: row)
            #expect(abs(applied.reduce(0, +) - 1) < 1e-9)
            #expect(likeliestLabel(applied) == likeliestLabel(row))
        }
    }

    /// A lab's rows come one of each label in turn, and a teacher may be sure of one label only.
    @Test func turnsOfLabelsDoNotMisleadTheFigures() {
        let gold = (0..<400).map { $0 % 2 }
        let rows = gold.enumerated().map { index, label in
            label == 0 ? [0.97, 0.03] : index / 2 % 2 == 0 ? [0.45, 0.55] : [0.55, 0.45]
        }
        let calibration = LabelCalibration(fitting: rows, gold: gold)
        #expect(calibration.errorAfter! < calibration.errorBefore! + 0.03)
    }

    @Test func fewRowsAndUnansweredOnesTellNothing() {
        let (rows, gold) = teacher(30, sharpness: 3, seed: 5)
        let unanswered = rows.map { _ in [Double.nan, .nan, .nan] }
        #expect(LabelCalibration(fitting: unanswered, gold: gold) == .none)
        #expect(LabelCalibration(fitting: Array(rows.prefix(10)), gold: Array(gold.prefix(10))).temperature == 1)
        let mixed = LabelCalibration(fitting: rows + unanswered, gold: gold + gold)
        #expect(mixed == LabelCalibration(fitting: rows, gold: gold))
        #expect(mixed.applied(to: [.nan, .nan, .nan]).allSatisfy { $0.isNaN })
    }
}

@Suite struct TeacherMixtureTests {
    private let good = (0..<100).map { $0 % 2 == 0 ? [0.9, 0.1] : [0.1, 0.9] }
    private let poor = (0..<100).map { _ in [0.5, 0.5] }
    private let gold = (0..<100).map { $0 % 2 }

    @Test func theBetterTeacherGetsMoreWeight() {
        let mixture = TeacherMixture(fitting: [poor, good], gold: gold)
        #expect(mixture.weights[1] > 0.95 && abs(mixture.weights.reduce(0, +) - 1) < 1e-9)
        #expect(TeacherMixture(fitting: [poor, good], gold: Array(gold.prefix(10))).weights == [0.5, 0.5])
    }

    @Test func whoDidNotAnswerDoesNotCount() {
        let mixture = TeacherMixture(weights: [1, 3])
        #expect(mixture.mixed([[0.2, 0.8], [0.6, 0.4]]).elementsEqual([0.5, 0.5]) { abs($0 - $1) < 1e-12 })
        #expect(mixture.mixed([[0.2, 0.8], [.nan, .nan]]) == [0.2, 0.8])
        #expect(mixture.mixed([[.nan, .nan], [.nan, .nan]]).allSatisfy { $0.isNaN })
    }

    @Test func disagreementIsCounted() {
        #expect(TeacherDisagreement([good, good]).disputed == 0)
        #expect(TeacherDisagreement([good, good]).divergence < 1e-12)
        let opposite = TeacherDisagreement([good, good.map { $0.reversed() }])
        #expect(opposite.disputed == 100 && opposite.divergence > 0.5)
        #expect(TeacherDisagreement([good, good.map { _ in [.nan, .nan] }]).rows == 0)
    }

    @Test func dearTeachersSeeDisputedRowsOnly() {
        let equal = TeacherMixture(weights: [1, 1])
        #expect(disputedRows([good, good], mixture: equal, confidence: 0.8).isEmpty)
        #expect(disputedRows([good, good], mixture: equal, confidence: 0.95).count == 100)
        #expect(disputedRows([good, good.map { $0.reversed() }], mixture: equal, confidence: 0).count == 100)
        #expect(disputedRows([[[.nan, .nan]]], mixture: TeacherMixture(weights: [1]), confidence: 0) == [0])
    }
}
