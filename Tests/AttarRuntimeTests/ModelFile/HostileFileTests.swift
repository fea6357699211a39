import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

@Suite("A hostile model file, all checksums right")
struct HostileFileTests {
    /// Opens a file and, where it is accepted, predicts. Gives the refusal.
    private func open(_ bytes: [UInt8]) throws -> ModelFileError? {
        let memory = FileMemory(bytes)
        do throws(ModelFileError) {
            let classifier = try Classifier(ModelFile(bytes: memory.bytes, owner: memory))
            for text in Self.texts {
                let prediction = classifier.predict(text)
                #expect(classifier.labels.indices.contains(prediction.index))
                #expect(prediction.probabilities.count == classifier.labels.count)
            }
            _ = try classifier.file.verify()
        } catch { return error }
        return nil
    }

    private static let texts = [
        "", "a", "pay my bill", "!?", "ÄÖÜ 東京 👍🏽", String(repeating: "a b ", count: 40),
        String(repeating: "x", count: 300),
    ]

    @Test("is refused or predicts, whatever bytes changed", arguments: 0..<10)
    func changedBytes(form: Int) throws {
        let model = try ModelMutator.models()[form]
        let file = ModelBytes(try model.certifiedBytes(kernels: Kernels()))
        var mutator = try ModelMutator(models: [model], seed: UInt64(form) &+ 70)
        var accepted = 0
        for _ in 0..<4000 where try open(mutator.changedBytes(of: file).bytes) == nil { accepted += 1 }
        // Names, scalars, labels and metadata may change without harm: the test reaches predictions.
        #expect(accepted > 200)
    }

    @Test("is refused or predicts, whatever its program", arguments: 0..<8)
    func changedPrograms(form: Int) throws {
        var random = SeededRandom(seed: UInt64(form) &+ 170)
        var accepted = 0
        let base = try SmallModel.form(form)
        for _ in 0..<3000 {
            var model = base
            for _ in 0..<random.whole(in: 1...3) { model.change(&random) }
            model.fitParameters(limit: 1 << 16, &random)
            if try open(model.bytes) == nil {
                accepted += 1
                try runGuarded(model)
            }
        }
        #expect(accepted > 30)
    }

    /// Runs a program that was accepted with pages that nobody may touch behind each of its buffers.
    private func runGuarded(_ model: SmallModel) throws {
        var program = model.program
        // A file may name its parameters as it likes.
        for index in program.parameters { program.buffers[index].name = "parameter \(index)" }
        for text in ["", "pay my bill, would you?"] {
            let features = model.featurizer.features(of: text)
            var leaves: [String: Leaf] = [
                "ids": Leaf(numbers: features.ids),
                "weights": Leaf(rows: features.ids.count, columns: 1, floats: features.weights),
            ]
            for (index, bytes) in zip(program.parameters, model.parameters) {
                leaves[program.buffers[index].name] = Leaf(stored: bytes)
            }
            guard let child = program.axes.first(where: { $0.parent != nil })?.name,
                let parent = program.axes.first(where: { $0.parent == nil })?.name
            else { continue }
            let batch = SampleBatch(
                counts: [parent: 1, child: features.ids.count], offsets: [child: [0, features.ids.count]])
            for name in Kernels.availableNames {
                _ = try GuardedRun.run(program, leaves: leaves, batch: batch, kernels: Kernels(named: name))
            }
        }
    }

    /// Each was, or could have been, a way to make a reader touch memory that is not its own.
    @Test("is refused for what it asks, by its own error", arguments: Attack.onInstructions + Attack.onPrograms)
    func attacks(attack: Attack) throws {
        var model = try SmallModel.target()
        #expect(try open(model.bytes) == nil)
        let refusal = try attack.change(&model)
        #expect(try open(model.bytes) == refusal)
    }
}
