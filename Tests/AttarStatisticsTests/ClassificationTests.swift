import AttarStatistics
import Testing

@Suite struct ClassificationTests {
    @Test func figuresAgreeWithScikitLearn() throws {
        for golden in try Goldens.load().classification {
            let matrix = ConfusionMatrix(truth: golden.truth, predicted: golden.predicted, classCount: golden.classes)
            let classes = matrix.classes
            #expect(matrix.counts == golden.confusion, "\(golden.name)")
            #expect(matrix.rowCount == golden.truth.count)
            #expect(classes.map(\.support) == golden.support, "\(golden.name)")
            for index in classes.indices {
                #expect(isClose(classes[index].precision, golden.precision[index]), "\(golden.name)")
                #expect(isClose(classes[index].recall, golden.recall[index]), "\(golden.name)")
                #expect(isClose(classes[index].f1, golden.f1[index]), "\(golden.name)")
            }
            #expect(isClose(accuracy(truth: golden.truth, predicted: golden.predicted), golden.averages["accuracy"]))
            for average in ClassAverage.allCases {
                let expected = golden.averages[average.rawValue]
                #expect(isClose(classes.average(average), expected), "\(golden.name) \(average)")
            }
            #expect(isClose(classes.microPrecision, golden.averages["microPrecision"]), "\(golden.name)")
            #expect(isClose(classes.microRecall, golden.averages["microRecall"]), "\(golden.name)")
            #expect(isClose(classes.microF1, golden.averages["microF1"]), "\(golden.name)")
            #expect(isClose(classes.weighted(\.recall), golden.averages["weightedRecall"]), "\(golden.name)")
        }
    }

    @Test func probabilityFiguresAgreeWithNumPy() throws {
        for golden in try Goldens.load().classification {
            let probabilities = golden.probabilityValues
            let truth = golden.truth
            let losses = logLosses(probabilities: probabilities, truth: truth, classCount: golden.classes)
            let scores = brierScores(probabilities: probabilities, truth: truth, classCount: golden.classes)
            #expect(isClose(try #require(mean(losses)), golden.logLoss), "\(golden.name)")
            #expect(isClose(try #require(mean(scores)), golden.brier), "\(golden.name)")
            #expect(mostProbable(probabilities, classCount: golden.classes) == golden.predicted, "\(golden.name)")

            let confidences = truth.indices.map { Double(probabilities[$0 * golden.classes + golden.predicted[$0]]) }
            let correct = truth.indices.map { truth[$0] == golden.predicted[$0] }
            let curve = reliabilityCurve(confidences: confidences, correct: correct)
            #expect(curve.map(\.rows) == golden.binRows, "\(golden.name)")
            #expect(isClose(try #require(expectedCalibrationError(curve)), golden.calibrationError), "\(golden.name)")

            let reference = rolled(probabilities, classCount: golden.classes)
            let divergence = meanDivergence(from: reference, to: probabilities, classCount: golden.classes)
            #expect(isClose(try #require(divergence), golden.divergence), "\(golden.name)")
        }
    }

    @Test func topAccuraciesAgreeWithScikitLearn() throws {
        for golden in try Goldens.load().classification {
            let ranks = ranksOfTruth(
                probabilities: golden.probabilityValues, truth: golden.truth, classCount: golden.classes)
            let figures = (1...golden.classes).map { topAccuracy($0, ranks: ranks) }
            #expect(figures == golden.topAccuracies, "\(golden.name)")
            #expect(figures[0] == accuracy(truth: golden.truth, predicted: golden.predicted))
        }
        #expect(topAccuracy(1, ranks: []) == 0)
    }

    @Test func costsAgreeWithNumPy() throws {
        for golden in try Goldens.load().classification {
            let costs = (0..<golden.classes * golden.classes).map { place -> Double in
                let (truth, given) = place.quotientAndRemainder(dividingBy: golden.classes)
                return truth == given ? 0 : Double(1 + (7 * truth + 3 * given) % 5)
            }
            let matrix = CostMatrix(costs, classCount: golden.classes)
            let given = matrix.costs(truth: golden.truth, predicted: golden.predicted)
            #expect(isClose(try #require(mean(given)), golden.meanCost), "\(golden.name)")
            let decisions = matrix.leastCostDecisions(golden.probabilityValues)
            #expect(decisions.map(\.label) == golden.leastCostLabels, "\(golden.name)")
            #expect(isClose(decisions.reduce(0) { $0 + $1.expectedCost }, golden.expectedCost), "\(golden.name)")
        }
    }

    @Test func withEqualCostsTheMostProbableClassIsTheCheapest() throws {
        for golden in try Goldens.load().classification {
            let costs = (0..<golden.classes * golden.classes).map { $0 % (golden.classes + 1) == 0 ? 0.0 : 1 }
            let decisions = CostMatrix(costs, classCount: golden.classes).leastCostDecisions(golden.probabilityValues)
            #expect(decisions.map(\.label) == golden.predicted, "\(golden.name)")
        }
    }

    @Test func unansweredRowsHaveNoMostProbableClass() {
        #expect(mostProbable([0.2, 0.8, .nan, .nan, 0.5, 0.5], classCount: 2) == [1, nil, 0])
        #expect(mostProbable([], classCount: 2) == [])
    }

    @Test func figuresOfNothing() {
        #expect(accuracy(truth: [], predicted: []) == 0)
        #expect(macroF1(truth: [], predicted: [], classCount: 4) == 0)
        #expect(mean([]) == nil)
        #expect(expectedCalibrationError(reliabilityCurve(confidences: [], correct: [])) == nil)
        #expect(meanDivergence(from: [], to: [], classCount: 2) == nil)
    }

    @Test func lossesOfImpossibleAnswersAreFinite() {
        let losses = logLosses(probabilities: [0, 1, 1, 0], truth: [0, 0], classCount: 2)
        #expect(losses[0] > 36 && losses[0] < 37)
        #expect(losses[1] == 0)
        #expect(meanDivergence(from: [1, 0], to: [0, 1], classCount: 2) == losses[0])
    }

    /// Each row's probabilities moved on by one class, as the script does.
    private func rolled(_ probabilities: [Float], classCount: Int) -> [Float] {
        probabilities.indices.map { index in
            let column = index % classCount
            return probabilities[index - column + (column + classCount - 1) % classCount]
        }
    }
}
