import AttarData
import AttarPipeline
import AttarRuntime
import AttarTestSupport
import Foundation
import Testing

@Suite("Calibration and the cascade, from recipe to file")
struct CascadeStageTests {
    /// Texts that name their label, except one in eight, which names none.
    private static func texts(_ count: Int, seed: UInt64) -> [(text: String, label: String)] {
        let words = ["good": ["fine", "lovely", "splendid"], "bad": ["awful", "broken", "dreadful"]]
        var random = SeededRandom(seed: seed)
        return (0..<count).map { index in
            let label = random.happens(0.5) ? "good" : "bad"
            let telling = random.happens(0.125) ? "so so" : random.pick(words[label] ?? [])
            let noise = (0..<8).map { _ in "w\(random.below(400))" }.joined(separator: " ")
            return ("\(noise) \(telling) n\(index)", label)
        }
    }

    private static func recipe(_ sections: String) -> String {
        """
        attar: 1
        data:
          labelled: ../train.csv
          calibration: 0.4
          near-duplicate-threshold: 1
        student:
          width: 4
          buckets: 4096
          character-ngrams: [0, 0]
        train:
          epochs: 3
          feature-dropout: 0
          dropout: 0

        """ + sections
    }

    private func fixture(rows: Int = 2000) throws -> StageFixture {
        let fixture = try StageFixture()
        try fixture.folder.write(csv(Self.texts(rows, seed: 1)), to: "train.csv")
        return fixture
    }

    private func fit(_ fixture: StageFixture, _ name: String = "run") throws -> CascadeFit {
        try JSONDecoder().decode(
            CascadeFit.self, from: Data(contentsOf: fixture.folder.run(name).file("cascade.json")))
    }

    @Test("A cascade holds its target on new texts and goes into the file", arguments: ["overall", "per-label"])
    func cascade(guarantee: String) async throws {
        // Label by label it takes some hundred calibration rows of each.
        let fixture = try fixture(rows: 5000)
        let record = try await fixture.run(
            Self.recipe("cascade:\n  target: 0.97\n  guarantee: \(guarantee)\n"), until: .export)
        let fit = try fit(fixture)
        // Each calibration row is for probabilities or for thresholds.
        let calibration = try fixture.dataset().rows.count { $0.split == .calibration }
        #expect(fit.rows + fit.designRows == calibration)
        #expect(record.count("calibration rows", in: .calibrate) == fit.designRows)
        #expect(fit.groups.count == (guarantee == "overall" ? 1 : 2))
        #expect(fit.coverage > 0.5 && fit.coverage < 0.95)

        let file = try ModelFile(path: fixture.folder.run().modelFile.path)
        let cascade = try #require(file.decision?.cascade)
        #expect(cascade.rows == fit.rows && cascade.target == 0.97 && cascade.confidence == 0.95)
        #expect(cascade.thresholds.count == fit.groups.count)
        #expect(file.metadata.contains("With 95 % confidence, at least 97 %"))
        let classifier = try Classifier(file)
        let new = Self.texts(1000, seed: 2).map { (classifier.predict($0.text), $0.label) }
        let answered = new.filter { $0.0.isAnswered }
        #expect(answered.count > 400)
        #expect(Double(answered.count { $0.0.label == $0.1 }) >= 0.97 * Double(answered.count))
        #expect(classifier.predict("").defers && classifier.predict("xxxx yyyy zzzz fine").defers)
    }

    @Test("A target that cannot be shown defers everything, and says so")
    func unreachable() async throws {
        let fixture = try fixture(rows: 300)
        let record = try await fixture.run(
            Self.recipe("cascade:\n  target: 0.999\n  gate: 0\n"), until: .export)
        let fit = try fit(fixture)
        #expect(fit.coverage == 0 && fit.accuracy == nil && fit.guarantee.contains("could not be shown"))
        #expect(record[.cascade]?.report?.notes == [fit.guarantee])
        let classifier = try Classifier(contentsOf: fixture.folder.run().modelFile.path)
        #expect(Self.texts(50, seed: 3).allSatisfy { classifier.predict($0.text).defers })
    }

    /// The export compares the file's bits with those of the calibrated model, on every instruction set.
    @Test("Every method ends in a file that computes it", arguments: ["temperature", "vector", "isotonic", "none", "auto"])
    func methods(method: String) async throws {
        let fixture = try fixture(rows: 600)
        for head in ["int8", "float32"] {
            _ = try await fixture.run(
                Self.recipe("calibrate:\n  method: \(method)\nquantize:\n  head: \(head)\n"), until: .export,
                named: head)
            let calibration = try JSONDecoder().decode(
                Calibration.self, from: Data(contentsOf: fixture.folder.run(head).file("calibration.json")))
            #expect(method == "auto" ? calibration.candidates?.count == 3 : calibration.method == method)
            #expect((calibration.vector != nil) == (calibration.method == "vector"))
            #expect((calibration.isotonic != nil) == (calibration.method == "isotonic"))
            let file = try ModelFile(path: fixture.folder.run(head).modelFile.path)
            #expect(file.decision == nil)
            #expect(try file.verify().hasPassed)
        }
    }

    @Test("The threshold share decides about the calibration stage, the target only about those after it")
    func kept() async throws {
        let fixture = try fixture(rows: 600)
        let recipe = Self.recipe("cascade:\n  target: 0.9\n")
        let first = try await fixture.run(recipe, until: .export)
        let second = try await fixture.run(recipe, set: ["cascade.target=0.8"], until: .export)
        #expect(second[.calibrate]?.key == first[.calibrate]?.key)
        #expect(second[.cascade]?.key != first[.cascade]?.key)
        let third = try await fixture.run(recipe, set: ["cascade.threshold-share=0.3"], until: .export)
        #expect(third[.calibrate]?.key != first[.calibrate]?.key)
    }

    @Test("Agreement with a teacher that labels nothing is refused")
    func refusals() async throws {
        let fixture = try fixture(rows: 100)
        let failure = await fixture.failure(Self.recipe("cascade:\n  against: teacher\n"))
        #expect(failure.contains("cascade.against") && failure.contains("labels nothing"))
    }
}
