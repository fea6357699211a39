import AttarTestSupport
import AttarTraining
import Foundation
import Testing

@Suite("Learning rate, early stopping, elementary functions")
struct ScheduleTests {
    @Test(
        "the rate climbs in a line, then falls as its decay says", arguments: LearningRateSchedule.Decay.allCases,
        [0, 1, 10])
    func shape(decay: LearningRateSchedule.Decay, warmUp: Int) {
        let schedule = LearningRateSchedule(peak: 0.5, warmUpSteps: warmUp, totalSteps: 100, decay: decay)
        let rates = (1...120).map(schedule.rate)
        #expect(rates.allSatisfy { $0 >= 0 && $0 <= 0.5 })
        for step in 1...max(warmUp, 1) where warmUp > 0 {
            #expect((rates[step - 1] - 0.5 * Float(step) / Float(warmUp)).magnitude < 1e-6)
        }
        #expect(rates[warmUp] == 0.5)
        for step in (warmUp + 1)..<100 {
            let progress = Double(step - warmUp) / Double(100 - warmUp)
            let expected =
                switch decay {
                case .constant: 0.5
                case .linear: 0.5 * (1 - progress)
                case .cosine: 0.25 * (1 + cos(.pi * progress))
                }
            #expect((Double(rates[step]) - expected).magnitude < 1e-6)
        }
        if decay != .constant {
            #expect(zip(rates.dropFirst(warmUp), rates.dropFirst(warmUp + 1)).allSatisfy { $0 >= $1 })
            #expect(rates.suffix(20).allSatisfy { $0 == 0 })
        }
    }

    @Test("a schedule without steps to decay over does not divide by zero")
    func degenerate() {
        for decay in LearningRateSchedule.Decay.allCases {
            for (warmUp, total) in [(0, 0), (5, 5), (5, 3), (0, 1)] {
                let schedule = LearningRateSchedule(peak: 1, warmUpSteps: warmUp, totalSteps: total, decay: decay)
                #expect((1...10).map(schedule.rate).allSatisfy { $0.isFinite && $0 >= 0 })
            }
        }
    }

    @Test("the logarithm agrees with the library's")
    func logarithm() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<10_000 {
            let x = exp((random.unit() - 0.5) * 1000)
            #expect((CanonicalMath.logarithm(x) - log(x)).magnitude <= 4e-16 * max(1, log(x).magnitude))
        }
        #expect(CanonicalMath.logarithm(1) == 0)
    }

    @Test("the last epoch within one standard error of the best is kept, and patience runs from it")
    func earlyStopping() {
        // One standard error of 0.9 over 100 rows is 0.03.
        var stopping = EarlyStopping(patience: 2, rows: 100)
        let accuracies = [0.5, 0.9, 0.88, 0.85, 0.871, 0.86, 0.86]
        let noted = accuracies.enumerated().map { index, accuracy in
            stopping.note(ValidationScore(accuracy: accuracy, loss: 1), epoch: index + 1)
        }
        #expect(noted == [true, true, true, false, true, false, false])
        #expect(stopping.chosen?.epoch == 5)
        #expect(!stopping.shouldStop(after: 6))
        #expect(stopping.shouldStop(after: 7))
        #expect(!EarlyStopping(patience: 0, rows: 100).shouldStop(after: 1000))
    }

    @Test("a validation score is the share of hits and the mean cross-entropy")
    func validationScore() {
        var random = SeededRandom(seed: 2)
        let (rows, classes) = (50, 4)
        let logits = random.floats(rows * classes, within: 5)
        let labels = (0..<rows).map { _ in random.below(classes) }
        let targets = labels.flatMap { label in (0..<classes).map { $0 == label ? Float(1) : 0 } }
        let score = ValidationScore(logits: logits, targets: targets, classes: classes)
        var (hits, loss) = (0, 0.0)
        for row in 0..<rows {
            let z = logits[(row * classes)..<((row + 1) * classes)].map(Double.init)
            if z.firstIndex(of: z.max() ?? 0) == labels[row] { hits += 1 }
            loss += log(z.reduce(0) { $0 + exp($1) }) - z[labels[row]]
        }
        #expect(score.accuracy == Double(hits) / Double(rows))
        #expect((score.loss - loss / Double(rows)).magnitude < 1e-12)
        #expect(ValidationScore(logits: [], targets: [], classes: 4) == ValidationScore(accuracy: 0, loss: 0))
    }
}
