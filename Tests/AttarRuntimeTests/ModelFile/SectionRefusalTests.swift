import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

@Suite("A section, all checksums right")
struct SectionRefusalTests {
    /// A change of a section's bytes, and what the reader says of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var section: ModelFile.Section
        var refusal: ModelFileError
        var change: @Sendable (inout [UInt8]) -> Void

        init(
            _ section: ModelFile.Section, _ refusal: ModelFileError,
            _ change: @escaping @Sendable (inout [UInt8]) -> Void
        ) {
            (self.section, self.refusal, self.change) = (section, refusal, change)
        }

        /// A number that is replaced.
        init(_ section: ModelFile.Section, _ refusal: ModelFileError, at: Int, _ value: UInt32) {
            self.init(section, refusal) { $0.set(value, at: at) }
        }

        var testDescription: String { "\(refusal)" }
    }

    /// A certified model with a decision.
    private static func model(known: Bool = true) throws -> SmallModel {
        var model = try SmallModel(known: known)
        model.decision = Decision(abstentionThreshold: 0.25)
        return model
    }

    private func refusal(_ file: ModelBytes) -> ModelFileError? {
        let memory = FileMemory(file.bytes)
        do throws(ModelFileError) { _ = try ModelFile(bytes: memory.bytes, owner: memory) } catch { return error }
        return nil
    }

    // The first bytes of the program: axes "examples" at 4 and "features" at 20, buffers from 36, the first one's name at
    // 40. The first buffer is the table.
    private static let firstBuffer = 44 + "table".utf8.count
    private static let ofPrograms: [Case] = [
        .init(.program, .tooMany(.axes, found: 17, limit: 16), at: 0, 17),
        .init(.program, .textBeyondEnd(.program, bytes: 0x7FFF_FFFF), at: 4, 0x7FFF_FFFF),
        .init(.program, .textNotUTF8(.program)) { $0[8] = 0xFF },
        .init(.program, .noSuch(.parent, index: 2, count: 2), at: 16, 2),
        .init(.program, .tooMany(.buffers, found: 4097, limit: 4096), at: 36, 4097),
        .init(.program, .unknownRegion(buffer: 0, region: 3), at: firstBuffer, 3),
        .init(.program, .unknownRegion(buffer: 0, region: 256), at: firstBuffer, 256),
        .init(.program, .unknownType(buffer: 0, type: 0), at: firstBuffer + 4, 0),
        .init(.program, .unknownType(buffer: 0, type: 0x0104), at: firstBuffer + 4, 0x0104),
        .init(.program, .noSuch(.axis, index: 2, count: 2), at: firstBuffer + 8, 2),
        .init(.program, .tooMany(.rows, found: 1 << 30 + 1, limit: 1 << 30), at: firstBuffer + 12, 1 << 30 + 1),
        .init(.program, .tooMany(.columns, found: 0xFFFF_FFFF, limit: 1 << 30), at: firstBuffer + 16, 0xFFFF_FFFF),
        .init(.program, .tooMany(.outputs, found: 17, limit: 16)) { $0.set(17, at: $0.count - 8) },
        .init(.program, .noSuch(.output, index: 99, count: 10)) { $0.set(99, at: $0.count - 4) },
        .init(.program, .noSuch(.output, index: 0xFFFF_FFFF, count: 10)) { $0.set(0xFFFF_FFFF, at: $0.count - 4) },
        .init(.program, .endsInNumber(.program)) { $0.removeLast(3) },
        .init(.program, .bytesLeftOver(.program, count: 2)) { $0 += [0, 0] },
    ]

    private static let ofFeaturizers: [Case] = [
        .init(.featurizer, .unknownFeaturizer(kind: 4), at: 0, 4),
        .init(.featurizer, .settingIsZero(.buckets), at: 4, 0),
        .init(.featurizer, .tooMany(.buckets, found: 1 << 24 + 64, limit: 1 << 24), at: 4, 1 << 24 + 64),
        .init(.featurizer, .bucketsNotWhole(count: 127), at: 4, 127),
        .init(.featurizer, .endsInNumber(.featurizer), at: 4, 192),
        .init(.featurizer, .bytesLeftOver(.featurizer, count: 8), at: 4, 64),
        .init(.featurizer, .tooMany(.wordTokens, found: 9, limit: 8), at: 8, 9),
        .init(.featurizer, .tooMany(.shortestCharacters, found: 17, limit: 16), at: 12, 17),
        .init(.featurizer, .tooMany(.longestCharacters, found: 17, limit: 16), at: 16, 17),
        .init(.featurizer, .reversedLengths(shortest: 4, longest: 3), at: 12, 4),
        .init(.featurizer, .reversedLengths(shortest: 0, longest: 3), at: 12, 0),
        .init(.featurizer, .noFeatures) { for at in [8, 12, 16] { $0.set(0, at: at) } },
        .init(.featurizer, .tooMany(.crossingFlag, found: 2, limit: 1), at: 20, 2),
        .init(.featurizer, .scaleNotFinite, at: 24, 0x7F80_0000),
        .init(.featurizer, .scaleNotFinite, at: 28, 0x7FC0_0000),
        .init(.featurizer, .settingIsZero(.textBytes), at: 32, 0),
        .init(.featurizer, .tooMany(.textBytes, found: 1 << 21, limit: 1 << 20), at: 32, 1 << 21),
        // A bucket more is known, or one less, than the table has rows.
        .init(.featurizer, .tableRows(instruction: 0, expected: 24, found: 23)) { $0[36] |= 2 },
        .init(.featurizer, .tableRows(instruction: 0, expected: 22, found: 23)) { $0[36] &= 0xFE },
    ]

    private static let ofOthers: [Case] = [
        .init(.parameters, .parametersLeftOver(bytes: 64)) { $0 += [UInt8](repeating: 0, count: 64) },
        .init(.labels, .tooMany(.labels, found: 65537, limit: 65536), at: 0, 65537),
        .init(.labels, .endsInNumber(.labels), at: 0, 4),
        .init(.labels, .textNotUTF8(.labels)) { $0[8] = 0xC0 },
        .init(.labels, .textBeyondEnd(.labels, bytes: 1000), at: 4, 1000),
        .init(.labels, .bytesLeftOver(.labels, count: 1)) { $0.append(0) },
        .init(.metadata, .textNotUTF8(.metadata)) { $0[0] = 0x80 },
        .init(.decision, .unknownDecision(flags: 2), at: 0, 2),
        // Flags without what they stand for.
        .init(.decision, .endsInNumber(.decision), at: 0, 1),
        .init(.decision, .thresholdOutOfRange, at: 4, Float(-0.5).bitPattern),
        .init(.decision, .thresholdOutOfRange, at: 4, Float(1.5).bitPattern),
        .init(.decision, .thresholdOutOfRange, at: 4, Float.nan.bitPattern),
        .init(.decision, .endsInNumber(.decision)) { $0.removeLast() },
        .init(.certificate, .noCases, at: 0, 0),
        .init(.certificate, .tooMany(.cases, found: 17, limit: 16), at: 0, 17),
        .init(.certificate, .certifiedInstructions(expected: 3, found: 4), at: 4, 4),
        .init(.certificate, .certifiedLabels(expected: 3, found: 0xFFFF_FFFF), at: 8, 0xFFFF_FFFF),
        .init(.certificate, .tooMany(.textBytes, found: 1 << 22, limit: 1 << 21), at: 12, 1 << 22),
        .init(.certificate, .tooMany(.patternBytes, found: 4097, limit: 4096), at: 16, 4097),
        // A text of nothing over and over; a pattern longer than its text.
        .init(.certificate, .certifiedText(case: 0), at: 12, 1),
        .init(.certificate, .certifiedText(case: 0), at: 16, 1),
        .init(.certificate, .textBeyondEnd(.certificate, bytes: 12)) { $0.removeLast() },
        .init(.certificate, .bytesLeftOver(.certificate, count: 1)) { $0.append(0) },
    ]

    @Test("is refused for its first fault, by its own error", arguments: ofPrograms + ofFeaturizers + ofOthers)
    func faults(fault: Case) throws {
        let file = ModelBytes(try Self.model().certifiedBytes(kernels: Kernels()))
        #expect(refusal(file) == nil)
        #expect(refusal(file.changing(fault.section, fault.change)) == fault.refusal)
    }

    // Flags, abstention threshold, score, standard, target, confidence, rows, coverage, number of thresholds, three of them,
    // least familiarity, buckets, words.
    private static let ofCascades: [Case] = [
        .init(.decision, .unknownScore(kind: 0), at: 8, 0), .init(.decision, .unknownScore(kind: 4), at: 8, 4),
        .init(.decision, .unknownStandard(kind: 3), at: 12, 3),
        .init(.decision, .shareOutOfRange(.target), at: 16, Float(1.01).bitPattern),
        .init(.decision, .shareOutOfRange(.confidence), at: 20, Float.nan.bitPattern),
        .init(.decision, .tooMany(.fittedRows, found: 1 << 31, limit: 1 << 30), at: 24, 1 << 31),
        .init(.decision, .shareOutOfRange(.coverage), at: 28, Float(-0.5).bitPattern),
        .init(.decision, .tooMany(.cascadeThresholds, found: 4, limit: 3), at: 32, 4),
        .init(.decision, .thresholdCount(expected: 3, found: 0), at: 32, 0),
        .init(.decision, .thresholdCount(expected: 3, found: 2), at: 32, 2),
        .init(.decision, .cascadeThresholdOutOfRange(index: 0), at: 36, Float(-0.1).bitPattern),
        .init(.decision, .cascadeThresholdOutOfRange(index: 2), at: 44, Float.infinity.bitPattern),
        .init(.decision, .shareOutOfRange(.familiarity), at: 48, Float(2).bitPattern),
        .init(.decision, .bucketsNotWhole(count: 65), at: 52, 65),
        .init(.decision, .tooMany(.familiarBuckets, found: 1 << 25, limit: 1 << 24), at: 52, 1 << 25),
        .init(.decision, .endsInNumber(.decision), at: 52, 1 << 24),
        .init(.decision, .endsInNumber(.decision)) { $0.removeLast() },
    ]

    @Test("decision with a cascade is refused for its first fault", arguments: ofCascades)
    func cascades(fault: Case) throws {
        var model = try Self.model()
        model.decision = .deferring(labels: 3)
        let file = ModelBytes(model.bytes)
        #expect(refusal(file) == nil)
        #expect(refusal(file.changing(fault.section, fault.change)) == fault.refusal)
    }

    @Test("with an instruction that is none is refused")
    func instructions() throws {
        let model = try Self.model()
        let file = ModelBytes(model.bytes)
        let buffers = model.program.buffers.reduce(0) { $0 + $1.name.utf8.count + 24 }
        // After the axes, the number of buffers and the buffers: the number of instructions, then the first one.
        let count = 40 + buffers
        let changes: [(Int, UInt32, ModelFileError)] = [
            (count, 4097, .tooMany(.instructions, found: 4097, limit: 4096)),
            (count + 4, 0, .unknownOpcode(instruction: 0, opcode: 0)),
            (count + 4, 0x10001, .unknownOpcode(instruction: 0, opcode: 0x10001)),
            (count + 4, 0x1000, .trainingInstruction(index: 0)),
            (count + 16, 9, .tooMany(.results, found: 9, limit: 8)),
            (count + 20, 9, .tooMany(.operands, found: 9, limit: 8)),
            (count + 24, 10, .noSuch(.operand, index: 10, count: 10)),
            (count + 24, 0xFFFF_FFFF, .operandMissing(instruction: 0, .embeddingBagInt8, operand: 0)),
        ]
        for (at, value, error) in changes {
            #expect(refusal(file.changing(.program) { $0.set(value, at: at) }) == error)
        }
    }

    @Test("of tokens is refused where a setting is out of range or does not fit the program")
    func tokens() throws {
        let model = try SmallModel(width: 6, heads: 2, readsTokens: true)
        let file = ModelBytes(model.bytes)
        #expect(refusal(file) == nil)
        // Kind, vocabulary, maximum tokens, maximum bytes.
        let changes: [(Int, UInt32, ModelFileError)] = [
            (4, 0, .settingIsZero(.vocabulary)), (4, 1 << 31, .tooMany(.vocabulary, found: 1 << 31, limit: 1 << 30)),
            (4, 22, .tableRows(instruction: 0, expected: 22, found: 23)), (8, 0, .settingIsZero(.tokens)),
            (8, 1 << 21, .tooMany(.tokens, found: 1 << 21, limit: 1 << 20)), (12, 0, .settingIsZero(.textBytes)),
            (12, 1 << 21, .tooMany(.textBytes, found: 1 << 21, limit: 1 << 20)),
        ]
        for (at, value, error) in changes {
            #expect(refusal(file.changing(.featurizer) { $0.set(value, at: at) }) == error)
        }
        #expect(refusal(file.changing(.featurizer) { $0.removeLast() }) == .endsInNumber(.featurizer))
        #expect(refusal(file.changing(.featurizer) { $0.append(0) }) == .bytesLeftOver(.featurizer, count: 1))
        // A bag's program with tokens, which have no weights; a program of tokens with n-grams, which have.
        var bag = try SmallModel(width: 6, heads: 2)
        bag.tokens = model.tokens
        #expect(refusal(ModelBytes(bag.bytes)) == .unknownInput(buffer: try bag.buffer("weights")))
        var nGrams = model
        nGrams.tokens = nil
        #expect(refusal(ModelBytes(nGrams.bytes)) == .missingInput(.weights))
    }

    @Test("of parameters is refused where the sums of integers are not theirs, or bytes are missing")
    func parameters() throws {
        let model = try Self.model()
        let file = ModelBytes(model.bytes)
        let weights = try model.buffer("head.weight")
        let before = zip(model.program.parameters, model.parameters).prefix { $0.0 != weights }
        let start = before.reduce(0) { $0 + ($1.1.count + 63) / 64 * 64 }
        // A scale may be anything; a sum and a code may not change alone.
        #expect(refusal(file.changing(.parameters) { $0[start] ^= 1 }) == nil)
        for at in [start + 64, start + 127, start + 128, start + 191] {
            #expect(refusal(file.changing(.parameters) { $0[at] ^= 1 }) == .wrongCodeSums(buffer: weights))
        }
        let last = try #require(model.program.parameters.last)
        #expect(refusal(file.changing(.parameters) { $0.removeLast(64) }) == .parametersEnd(buffer: last))
    }

    @Test("decision goes on with what newer versions add")
    func decision() throws {
        let file = ModelBytes(try Self.model().bytes)
        let memory = FileMemory(file.changing(.decision) { $0 += [1, 2, 3, 4] }.bytes)
        #expect(try ModelFile(bytes: memory.bytes, owner: memory).decision == Decision(abstentionThreshold: 0.25))
        #expect(ModelBytes(try SmallModel().bytes)[section: .decision].isEmpty)
        var model = try Self.model()
        for (labels, score) in [(1, Cascade.Score.entropy), (3, .probability), (3, .margin)] {
            model.decision = .deferring(labels: labels, score: score)
            let written = ModelBytes(model.bytes)
            for file in [written, written.changing(.decision) { $0 += [9, 9] }] {
                let memory = FileMemory(file.bytes)
                #expect(try ModelFile(bytes: memory.bytes, owner: memory).decision == model.decision)
            }
            // Files without a cascade say that any reader of the first version can read them.
            #expect(written.u32(8) >> 16 == 1 && file.u32(8) >> 16 == 0)
        }
    }
}
