import AttarRuntime
import AttarTestSupport
import Testing

@Suite("A hostile model file, all checksums right")
struct HostileFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Opens a file and, where it is accepted, predicts. Gives the refusal.
    private func open(_ bytes: [UInt8]) throws -> ModelFileError? {
        let path = try folder.write(bytes, to: "hostile.attar")
        do throws(ModelFileError) {
            let classifier = try Classifier(contentsOf: path)
            for text in Self.texts {
                let prediction = classifier.predict(text)
                #expect(classifier.labels.indices.contains(prediction.index))
                #expect(prediction.probabilities.count == classifier.labels.count)
            }
        } catch { return error }
        return nil
    }

    private static let texts = [
        "", "a", "pay my bill", "!?", "ÄÖÜ 東京 👍🏽", String(repeating: "a b ", count: 40),
        String(repeating: "x", count: 300),
    ]

    private static let interesting: [UInt32] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 23, 24, 63, 64, 255, 256, 4096, 1 << 16, 1 << 20, 1 << 24, 1 << 28, 1 << 30,
        0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x3F80_0000, 0x7F80_0000, 0x7FC0_0000, 0x0000_1000,
        0x0000_1008,
    ]

    /// Every deployable operation, in every form of its weights.
    private func model(_ form: Int) throws -> SmallModel {
        let tables: [ElementType] = [.float32, .int8Rows, .int4Rows, .int8Rows]
        let linears: [ElementType] = [.float32Panels, .int8Panels, .float32Panels, .int8Panels]
        return try SmallModel(
            table: tables[form % 4], linear: linears[form % 4], width: form < 4 ? 5 : 6,
            hidden: form % 4 == 3 ? 17 : 0, heads: form < 4 ? 0 : 2, known: form % 2 == 1)
    }

    @Test("is refused or predicts, whatever bytes changed", arguments: 0..<8)
    func changedBytes(form: Int) throws {
        let model = ModelBytes(try model(form).bytes)
        var random = SeededRandom(seed: UInt64(form) &+ 70)
        var accepted = 0
        for _ in 0..<4000 {
            let section = random.pick([ModelFile.Section.program, .program, .program, .featurizer, .labels, .metadata])
            let changed = model.changing(section) { bytes in
                for _ in 0..<random.whole(in: 1...3) { change(&bytes, &random) }
            }
            if try open(changed.bytes) == nil { accepted += 1 }
        }
        // Names, scalars, labels and metadata may change without harm: the test reaches predictions.
        #expect(accepted > 200)
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard bytes.count > 8 else { return }
        let at = random.below(bytes.count - 4)
        switch random.below(8) {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[at] ^= 1 << UInt8(random.below(8))
        case 2: bytes.remove(at: at)
        case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        case 4:
            let other = random.below(bytes.count - 4)
            for offset in 0..<4 { bytes.swapAt(at + offset, other + offset) }
        default: bytes.set(random.pick(Self.interesting), at: at)
        }
    }

    @Test("is refused or predicts, whatever its program", arguments: 0..<8)
    func changedPrograms(form: Int) throws {
        var random = SeededRandom(seed: UInt64(form) &+ 170)
        var accepted = 0
        let base = try model(form)
        for _ in 0..<3000 {
            var model = base
            for _ in 0..<random.whole(in: 1...3) { change(&model, &random) }
            // The sizes of the parameters follow the program, so that the file gets past that check.
            let sizes = model.program.parameters.map { index in
                let buffer = model.program.buffers[index]
                return buffer.type.bytes(rows: buffer.rows.fixed, columns: buffer.columns) ?? 0
            }
            guard sizes.allSatisfy({ $0 < 1 << 16 }) else { continue }
            model.parameters = sizes.map { size in (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
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

    private func change(_ model: inout SmallModel, _ random: inout SeededRandom) {
        let buffer = random.below(model.program.buffers.count)
        let instruction = random.below(model.program.instructions.count)
        let slot = random.below(model.program.instructions[instruction].operands.count)
        let axis = random.pick([nil, 0, 1, 1])
        let size = random.pick([0, 1, 2, 3, 5, 16, 17, 23, 64, 1000, 1 << 20, 1 << 30])
        let deployable = Opcode.allCases.filter(\.isDeployable)
        switch random.below(14) {
        case 0: model.program.buffers[buffer].columns = size
        case 1: model.program.buffers[buffer].rows.fixed = size
        case 2: model.program.buffers[buffer].rows.axis = axis
        case 3: model.program.buffers[buffer].type = random.pick(ElementType.allCases)
        case 4: model.program.buffers[buffer].region = random.pick([.parameter, .input, .arena])
        case 5:
            model.program.buffers[buffer].name = random.pick([
                "ids", "weights", "features.offsets", "probabilities", "",
            ])
        case 6: model.program.instructions[instruction].operands[slot] = random.happens(0.1) ? nil : buffer
        case 7: model.program.instructions[instruction].opcode = random.pick(deployable)
        case 8:
            model.program.instructions[instruction].scalar = random.pick([
                0, -1, .nan, .infinity, Float.leastNonzeroMagnitude, 3,
            ])
        case 9:
            model.program.instructions.insert(
                model.program.instructions[instruction], at: random.below(instruction + 1))
        case 10: model.program.outputs = random.pick([[], [buffer], model.program.outputs + [buffer]])
        case 11: model.program.axes[random.below(model.program.axes.count)].parent = axis
        case 12: model.featurizer.buckets = random.pick([1, 22, 23, 24, 1 << 30])
        default: model.featurizer.maximumBytes = random.pick([1, 2, 63, 1 << 16, 1 << 20, 1 << 21])
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

    @Test("of tokens is refused or predicts, whatever bytes changed")
    func changedTokenFiles() throws {
        let model = ModelBytes(try SmallModel(width: 6, hidden: 17, heads: 2, readsTokens: true).bytes)
        var random = SeededRandom(seed: 270)
        var accepted = 0
        for _ in 0..<4000 {
            let section = random.pick([ModelFile.Section.program, .program, .featurizer, .labels])
            let changed = model.changing(section) { bytes in
                for _ in 0..<random.whole(in: 1...3) { change(&bytes, &random) }
            }
            if try open(changed.bytes) == nil { accepted += 1 }
        }
        #expect(accepted > 100)
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
