import AttarEvaluation
import AttarStatistics
import Foundation
import Testing

@Suite struct DriftTests {
    /// Confidences that fall on one side of a normal distribution around a mean, and answers with a share of the first of
    /// three labels.
    private func answers(_ count: Int, mean: Double, share: Double = 0.4, seed: UInt64) -> TrafficAnswers {
        var generator = SplitMix64(seed: seed)
        return TrafficAnswers(
            confidences: (0..<count).map { _ in min(1, max(0.34, mean + 0.1 * generator.normal())) },
            answers: (0..<count).map { _ in generator.uniform() < share ? 0 : 1 + generator.below(2) },
            newVocabulary: 0.05, belowThreshold: 0.2)
    }

    private func reference(_ count: Int, seed: UInt64 = 1) throws -> ReferenceStatistics {
        try #require(ReferenceStatistics(answers(count, mean: 0.8, seed: seed), labelCount: 3))
    }

    @Test("Texts of the same kind raise no alarm", arguments: [50, 500, 5000])
    func sameKind(count: Int) throws {
        var alarms = 0
        for seed in UInt64(0)..<100 {
            let drift = try #require(
                DriftFigures(answers(count, mean: 0.8, seed: 100 + seed), against: reference(500, seed: seed)))
            if drift.level != .none { alarms += 1 }
        }
        #expect(alarms <= 5)
    }

    @Test("Nor do confidences that are nearly all 1", arguments: UInt64(0)..<20)
    func nearlyCertain(seed: UInt64) throws {
        func answers(_ count: Int, seed: UInt64) -> TrafficAnswers {
            var generator = SplitMix64(seed: seed)
            return TrafficAnswers(
                confidences: (0..<count).map { _ in 1 - 0.3 * exp(-12 * generator.uniform()) },
                answers: (0..<count).map { _ in generator.below(3) })
        }
        let reference = try #require(ReferenceStatistics(answers(400, seed: seed), labelCount: 3))
        let drift = try #require(DriftFigures(answers(2000, seed: 1000 + seed), against: reference))
        #expect(drift.level == .none, "\(drift)")
    }

    @Test func lowerConfidenceIsStrongDrift() throws {
        let drift = try #require(DriftFigures(answers(500, mean: 0.65, seed: 5), against: reference(500)))
        #expect(drift.level == .strong)
        #expect(drift.scoreStability > 0.25 && drift.scoreShiftProbability < 1e-6)
        #expect(drift.belowThreshold == 0.2 && drift.belowThresholdWhenFitted == 0.2)
    }

    @Test func newWordsAreDriftWhateverTheConfidence() throws {
        var traffic = answers(500, mean: 0.8, seed: 5)
        traffic.newVocabulary = 0.4
        let drift = try #require(DriftFigures(traffic, against: reference(500)))
        #expect(drift.level == .moderate)
    }

    @Test func theReferenceTravelsInMetadata() throws {
        let reference = try reference(300)
        let stored = String(decoding: try JSONEncoder().encode(["reference": reference]), as: UTF8.self)
        #expect(ReferenceStatistics(metadata: stored, labelCount: 3) == reference)
        #expect(ReferenceStatistics(metadata: stored, labelCount: 4) == nil)
        for hostile in [
            "", "{}", "[1]", #"{"reference":{"rows":-1}}"#, stored.replacing(#""rows":300"#, with: #""rows":0"#),
        ] {
            #expect(ReferenceStatistics(metadata: hostile, labelCount: 3) == nil)
        }
        #expect(ReferenceStatistics(TrafficAnswers(confidences: [], answers: []), labelCount: 3) == nil)
        #expect(DriftFigures(TrafficAnswers(confidences: [], answers: []), against: reference) == nil)
    }

    @Test func piecesOfTrafficAddUp() throws {
        let whole = answers(300, mean: 0.7, seed: 9)
        var pieces = TrafficAnswers(confidences: [], answers: [])
        for start in stride(from: 0, to: 300, by: 100) {
            pieces.append(
                TrafficAnswers(
                    confidences: Array(whole.confidences[start..<start + 100]),
                    answers: Array(whole.answers[start..<start + 100]), newVocabulary: 0.05, belowThreshold: 0.2))
        }
        #expect(pieces.confidences == whole.confidences && pieces.answers == whole.answers)
        #expect(abs((pieces.newVocabulary ?? 0) - 0.05) < 1e-12 && abs((pieces.belowThreshold ?? 0) - 0.2) < 1e-12)
    }
}
