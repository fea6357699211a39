import AttarRuntime

/// Changes model files as somebody would who wants to harm their reader: all checksums are right.
package struct ModelMutator {
    private let models: [SmallModel]
    private let files: [ModelBytes]
    private var random: SeededRandom

    package init(models: [SmallModel], seed: UInt64) throws {
        self.models = models
        random = SeededRandom(seed: seed)
        let kernels = try Kernels()
        files = try models.enumerated().map { index, model in
            // Every second one is certified.
            index % 2 == 0 ? ModelBytes(try model.certifiedBytes(kernels: kernels)) : ModelBytes(model.bytes)
        }
    }

    /// Every deployable operation, in every form of its weights; with and without weights of ids.
    package static func models() throws -> [SmallModel] {
        var models = try (0..<8).map { try SmallModel.form($0) }
        models.append(try SmallModel(width: 6, hidden: 17, heads: 2, readsTokens: true))
        models.append(try SmallModel(table: .float32, linear: .float32Panels, width: 4, readsTokens: true))
        models[0].decision = Decision(abstentionThreshold: 0.5)
        models[3].decision = Decision(abstentionThreshold: 0)
        models[5].decision = .deferring(labels: models[5].labels.count)
        models[8].decision = .deferring(labels: 1)
        return models
    }

    package mutating func next() -> [UInt8] {
        let index = random.below(models.count)
        switch random.below(16) {
        case 0..<7: return changedBytes(of: files[index]).bytes
        case 7..<15: return changedProgram(of: models[index])
        default: return changedTable(of: files[index]).bytes
        }
    }

    /// Bytes of a section other than the parameters.
    package mutating func changedBytes(of file: ModelBytes) -> ModelBytes {
        let section = random.pick([
            ModelFile.Section.program, .program, .program, .program, .featurizer, .featurizer, .labels, .metadata,
            .certificate, .decision,
        ])
        return file.changing(section) { bytes in
            for _ in 0..<random.whole(in: 1...3) { change(&bytes) }
        }
    }

    /// The program, with parameters as large as it wants them.
    package mutating func changedProgram(of model: SmallModel) -> [UInt8] {
        var model = model
        for _ in 0..<random.whole(in: 1...3) { model.change(&random) }
        // Larger ones are not made: the file would be as large.
        model.fitParameters(limit: 1 << 14, &random)
        return model.bytes
    }

    /// Header and section table.
    private mutating func changedTable(of file: ModelBytes) -> ModelBytes {
        var file = file
        let tableEnd = ModelBytes.entry(file.sectionCount)
        let at = random.whole(in: 8...(tableEnd - 4))
        if random.happens(0.5) {
            file.set(random.pick(Self.interesting), at: at)
        } else {
            file.bytes[at] ^= 1 << UInt8(random.below(8))
        }
        if file.sectionCount <= 32 { file.repairHeader() }
        return file
    }

    private mutating func change(_ bytes: inout [UInt8]) {
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

    private static let interesting: [UInt32] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 23, 24, 63, 64, 255, 256, 4096, 1 << 16, 1 << 20, 1 << 24, 1 << 28, 1 << 30,
        0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x3F80_0000, 0x7F80_0000, 0x7FC0_0000, 0x0000_1000,
        0x0000_1008,
    ]
}

extension Decision {
    /// With a cascade that has so many thresholds, and knows a few tokens.
    package static func deferring(labels count: Int, score: Cascade.Score = .margin) -> Decision {
        Decision(
            abstentionThreshold: 0.1,
            cascade: Cascade(
                score: score, standard: .teacher, target: 0.9, confidence: 0.95, rows: 500, coverage: 0.75,
                thresholds: (0..<count).map { 0.25 + Float($0) / 8 }, leastFamiliarity: 0.25,
                familiar: FamiliarTokens(words: [0x0F0F_3333_5555_FFFF, 0xFF00_1234_8001_7F7F])))
    }
}

extension SmallModel {
    /// One of eight, which have every deployable operation in every form of its weights between them.
    package static func form(_ form: Int) throws -> SmallModel {
        let tables: [ElementType] = [.float32, .int8Rows, .int4Rows, .int8Rows]
        let linears: [ElementType] = [.float32Panels, .int8Panels, .float32Panels, .int8Panels]
        return try SmallModel(
            table: tables[form % 4], linear: linears[form % 4], width: form < 4 ? 5 : 6,
            hidden: form % 4 == 3 ? 17 : 0, heads: form < 4 ? 0 : 2, known: form % 2 == 1)
    }

    /// Changes something of the program or the featurizer.
    package mutating func change(_ random: inout SeededRandom) {
        let buffer = random.below(program.buffers.count)
        let instruction = random.below(program.instructions.count)
        let slot = random.below(program.instructions[instruction].operands.count)
        let axis = random.pick([nil, 0, 1, 1])
        let size = random.pick([0, 1, 2, 3, 5, 16, 17, 23, 64, 1000, 1 << 20, 1 << 30])
        switch random.below(14) {
        case 0: program.buffers[buffer].columns = size
        case 1: program.buffers[buffer].rows.fixed = size
        case 2: program.buffers[buffer].rows.axis = axis
        case 3: program.buffers[buffer].type = random.pick(ElementType.allCases)
        case 4: program.buffers[buffer].region = random.pick([.parameter, .input, .arena])
        case 5:
            program.buffers[buffer].name = random.pick(["ids", "weights", "features.offsets", "probabilities", ""])
        case 6: program.instructions[instruction].operands[slot] = random.happens(0.1) ? nil : buffer
        case 7: program.instructions[instruction].opcode = random.pick(Opcode.allCases.filter(\.isDeployable))
        case 8:
            program.instructions[instruction].scalar = random.pick([
                0, -1, .nan, .infinity, Float.leastNonzeroMagnitude, 3,
            ])
        case 9: program.instructions.insert(program.instructions[instruction], at: random.below(instruction + 1))
        case 10: program.outputs = random.pick([[], [buffer], program.outputs + [buffer]])
        case 11: program.axes[random.below(program.axes.count)].parent = axis
        case 12: featurizer.buckets = random.pick([1, 22, 23, 24, 1 << 30])
        default: featurizer.maximumBytes = random.pick([1, 2, 63, 1 << 16, 1 << 20, 1 << 21])
        }
    }

    /// Gives every parameter as many random bytes as the program wants, but for those beyond the limit.
    package mutating func fitParameters(limit: Int, _ random: inout SeededRandom) {
        parameters = program.parameters.map { index in
            let buffer = program.buffers[index]
            let size = buffer.type.bytes(rows: buffer.rows.fixed, columns: buffer.columns) ?? 0
            var state = random.next() | 1
            var bytes = (0..<min(size, limit)).map { _ in
                state = state &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            if buffer.type == .int8Panels, size <= limit {
                Self.repairSums(&bytes, outputs: buffer.rows.fixed, inner: buffer.columns)
            }
            return bytes
        }
    }

    /// Writes the sums of the codes of int8 panels in front of them.
    package static func repairSums(_ panels: inout [UInt8], outputs: Int, inner: Int) {
        let padded = (outputs + 15) / 16 * 16
        for output in 0..<padded {
            var sum: Int32 = 0
            for column in 0..<((inner + 3) / 4 * 4) {
                let position = Int8Panels.position(row: output, column: column, columns: inner)
                sum += Int32(Int8(bitPattern: panels[8 * padded + position]))
            }
            panels.set(UInt32(bitPattern: sum), at: 4 * padded + 4 * output)
        }
    }
}
