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
    @Test("is refused for what it asks", arguments: Attack.allCases)
    func attacks(attack: Attack) throws {
        var model = try SmallModel(width: 6, hidden: 17, heads: 2)
        #expect(try open(model.bytes) == nil)
        try attack.change(&model)
        let error = try open(model.bytes)
        #expect(error != nil)
        if case .trainingInstruction? = error { #expect(attack == .trainingInstruction) }
    }

    @Test("of tokens is refused where featurizer and program do not fit")
    func tokenFiles() throws {
        let file = try SmallModel(width: 6, heads: 2, readsTokens: true)
        #expect(try open(file.bytes) == nil)
        // Kind, vocabulary, maximum tokens, maximum bytes.
        let bytes = ModelBytes(file.bytes)
        let changes: [(inout [UInt8]) -> Void] = [
            { $0.set(0, at: 0) }, { $0.set(1, at: 0) }, { $0.set(2, at: 0) }, { $0.set(4, at: 0) },
            { $0.set(0, at: 4) }, { $0.set(22, at: 4) }, { $0.set(24, at: 4) }, { $0.set(0xFFFF_FFFF, at: 4) },
            { $0.set(0, at: 8) }, { $0.set(1 << 21, at: 8) }, { $0.set(0, at: 12) }, { $0.set(1 << 21, at: 12) },
            { $0.removeLast(4) }, { $0 += [0, 0, 0, 0] },
        ]
        for (index, change) in changes.enumerated() {
            #expect(try open(bytes.changing(.featurizer, change).bytes) != nil, "\(index)")
        }
        // A bag's program with tokens, which have no weights; a program of tokens with n-grams, which have.
        var bag = try SmallModel(width: 6, heads: 2)
        bag.tokens = file.tokens
        #expect(try open(bag.bytes) != nil)
        var nGrams = file
        nGrams.tokens = nil
        #expect(try open(nGrams.bytes) != nil)
    }

    @Test("is refused where its known n-grams are not those of its table")
    func knownNGrams() throws {
        let model = ModelBytes(try SmallModel(known: true).bytes)
        #expect(try open(model.bytes) == nil)
        let bits = 36
        let changes: [(inout [UInt8]) -> Void] = [
            { $0.removeLast(4) },
            { $0 += [0, 0, 0, 0, 0, 0, 0, 0] },
            // Another bit, one bit less.
            { $0[bits] |= 2 },
            { $0[bits] &= 0xFE },
            // Buckets: not whole words, other words than there are, more than there may be.
            { $0.set(127, at: 4) },
            { $0.set(192, at: 4) },
            { $0.set(0, at: 4) },
            { $0.set(1 << 25, at: 4) },
        ]
        for change in changes { #expect(try open(model.changing(.featurizer, change).bytes) != nil) }
    }
}
