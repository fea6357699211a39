/// What a classifier deals with in its program.
package struct ClassifierInterface: Sendable {
    package var examplesAxis: Int
    package var featuresAxis: Int
    // Buffers.
    package var ids: Int
    /// Nil where ids have no weights.
    package var weights: Int?
    package var offsets: Int
    package var probabilities: Int

    /// Capacities for one text of so many features.
    package func capacities(features: Int) -> [Int] { examplesAxis == 0 ? [1, features] : [features, 1] }
}

/// Checks what a text classifier needs beyond a valid program: only inputs that it fills, as large as it fills them,
/// and one output that it reads.
struct ClassifierVerifier {
    let program: Program
    let featurizer: Featurizer
    let labelCount: Int

    /// Most bytes that one prediction may need. A file decides how much memory its reader takes, so there is a limit.
    static let mostWorkingBytes = 1 << 28
    /// Most multiply-adds that one prediction may need: seconds on one core.
    static let mostWork = 0x1p38

    @inline(never)
    func verify() throws(ModelFileError) -> ClassifierInterface {
        guard program.axes.count == 2, let features = program.axes.firstIndex(where: { $0.parent != nil }),
            let examples = program.axes[features].parent
        else { throw .notTwoAxes }
        try checkTables()
        var (ids, weights, offsets): (Int?, Int?, Int?)
        for (index, buffer) in program.buffers.enumerated() where buffer.region == .input {
            let ofFeatures = Program.Rows(axis: features, fixed: 0)
            if buffer.name.hasBytes(of: "ids") {
                try check(index, .uint32, ofFeatures, &ids)
            } else if buffer.name.hasBytes(of: "weights"), featurizer.hasWeights {
                try check(index, .float32, ofFeatures, &weights)
            } else if buffer.name.hasBytes(of: program.axes[features].name, and: Program.Axis.offsetsEnd) {
                try check(index, .uint32, .init(axis: examples, fixed: 1), &offsets)
            } else {
                throw .unknownInput(buffer: index)
            }
        }
        guard let ids else { throw .missingInput(.ids) }
        guard weights != nil || !featurizer.hasWeights else { throw .missingInput(.weights) }
        guard let offsets else { throw .missingInput(.offsets) }
        let interface = ClassifierInterface(
            examplesAxis: examples, featuresAxis: features, ids: ids, weights: weights, offsets: offsets,
            probabilities: try probabilities(examples: examples))
        let capacities = interface.capacities(features: featurizer.mostIds)
        try checkMemory(capacities: capacities)
        let work = program.instructions.reduce(0) { $0 + program.work(of: $1, counts: capacities) }
        guard work <= Self.mostWork else { throw .tooMuchWork }
        return interface
    }

    /// Ids must not leave the tables that they look up.
    private func checkTables() throws(ModelFileError) {
        for (index, instruction) in program.instructions.enumerated() {
            switch instruction.opcode {
            case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4, .embeddingFloat32, .embeddingInt8,
                .embeddingInt4:
                let rows = instruction.operands[1].map { program.buffers[$0].rows.fixed } ?? 0
                guard rows == featurizer.rows else {
                    throw .tableRows(instruction: index, expected: featurizer.rows, found: rows)
                }
            default: continue
            }
        }
    }

    /// A column of that type with these rows; the first of its name.
    private func check(
        _ index: Int, _ type: ElementType, _ rows: Program.Rows, _ found: inout Int?
    ) throws(ModelFileError) {
        let buffer = program.buffers[index]
        guard found == nil else { throw .inputTwice(buffer: index) }
        guard buffer.type == type, buffer.rows == rows, buffer.columns == 1 else { throw .unfitInput(buffer: index) }
        found = index
    }

    private func probabilities(examples: Int) throws(ModelFileError) -> Int {
        var found: Int?
        for output in program.outputs where program.buffers[output].name.hasBytes(of: "probabilities") {
            guard found == nil else { throw .noProbabilities }
            found = output
        }
        guard let found else { throw .noProbabilities }
        let buffer = program.buffers[found]
        guard buffer.type == .float32, buffer.rows == .init(axis: examples, fixed: 0) else {
            throw .unfitProbabilities(buffer: found)
        }
        guard labelCount == buffer.columns, labelCount > 0 else {
            throw .labelCount(expected: buffer.columns, found: labelCount)
        }
        return found
    }

    private func checkMemory(capacities: [Int]) throws(ModelFileError) {
        let bytes: Int
        do throws(RuntimeError) {
            bytes = try Executor.ownedBytes(program, capacities: capacities)
        } catch { throw .unusable(error) }
        guard bytes <= Self.mostWorkingBytes else {
            throw .tooMuchMemory(bytes: bytes, limit: Self.mostWorkingBytes)
        }
    }
}

extension Program {
    /// Multiply-adds of an instruction at most, for so many elements of each axis; each axis has one parent element.
    fileprivate func work(of instruction: Instruction, counts: [Int]) -> Double {
        let sizes = instruction.operands.map { operand -> (rows: Double, columns: Double) in
            guard let operand else { return (0, 0) }
            let (rows, columns) = (buffers[operand].rows, buffers[operand].columns)
            return (Double(rows.axis.map { counts[$0] } ?? 0) + Double(rows.fixed), Double(columns))
        }
        let result = sizes[0].rows * sizes[0].columns
        switch instruction.opcode {
        case .linearFloat32: return result * sizes[1].columns
        case .linearInt8: return result * sizes[2].columns
        case .segmentAttention: return 2 * result * sizes[0].rows
        // Of a bag: an id a row of the third operand.
        case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4: return sizes[2].rows * sizes[0].columns
        // What is pooled.
        case .meanPool: return sizes[1].rows * sizes[1].columns
        default: return result
        }
    }
}
