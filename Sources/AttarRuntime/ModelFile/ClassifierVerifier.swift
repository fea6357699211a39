/// Checks what a text classifier needs beyond a valid program: only inputs that it fills, as large as it fills them, and one
/// output that it reads.
struct ClassifierVerifier {
    let program: Program
    let featurizer: Featurizer
    let labels: [String]

    /// Most bytes that one prediction may need. A file decides how much memory its reader takes, so there is a limit.
    static let mostWorkingBytes = 1 << 28

    func verify() throws(ModelFileError) {
        guard program.axes.count == 2, let features = program.axes.firstIndex(where: { $0.parent != nil }),
            let examples = program.axes[features].parent
        else { throw fault("a classifier has one axis of examples and, below it, one of features") }
        try checkInputs(features: features, examples: examples)
        try checkTables()
        try checkOutput(examples: examples)
        try checkMemory(features: features)
    }

    private func checkInputs(features: Int, examples: Int) throws(ModelFileError) {
        let offsets = program.axes[features].name + ".offsets"
        var seen: [String] = []
        for buffer in program.buffers where buffer.region == .input {
            let (type, rows): (ElementType, Program.Rows) =
                switch buffer.name {
                case "ids": (.uint32, .init(axis: features, fixed: 0))
                case "weights" where featurizer.hasWeights: (.float32, .init(axis: features, fixed: 0))
                case offsets: (.uint32, .init(axis: examples, fixed: 1))
                default: throw fault("a classifier cannot fill the input “\(buffer.name)”")
                }
            guard buffer.type == type, buffer.rows == rows, buffer.columns == 1, !seen.contains(buffer.name) else {
                throw fault("the input “\(buffer.name)” is not as a classifier fills it")
            }
            seen.append(buffer.name)
        }
        let wanted = featurizer.hasWeights ? ["ids", "weights", offsets] : ["ids", offsets]
        guard seen.count == wanted.count else {
            let names = wanted.map { "“\($0)”" }.joined(separator: ", ")
            throw fault("a classifier with this featurizer has the inputs \(names)")
        }
    }

    /// Ids must not leave the tables that they look up.
    private func checkTables() throws(ModelFileError) {
        for instruction in program.instructions {
            switch instruction.opcode {
            case .embeddingBagFloat32, .embeddingBagInt8, .embeddingBagInt4, .embeddingFloat32, .embeddingInt8,
                .embeddingInt4:
                guard let table = instruction.operands[1], program.buffers[table].rows.fixed == featurizer.rows
                else {
                    throw .malformed(section: "featurizer", reason: "its rows differ from those of the table")
                }
            default: continue
            }
        }
    }

    private func checkOutput(examples: Int) throws(ModelFileError) {
        let outputs = program.outputs.map { program.buffers[$0] }.filter { $0.name == "probabilities" }
        guard outputs.count == 1, outputs[0].type == .float32, outputs[0].rows == .init(axis: examples, fixed: 0) else {
            throw fault("a classifier has one output “probabilities”, with a row an example")
        }
        guard outputs[0].columns == labels.count, !labels.isEmpty else {
            throw .malformed(section: "labels", reason: "they do not match the output “probabilities”")
        }
    }

    private func checkMemory(features: Int) throws(ModelFileError) {
        let capacities = program.axes.indices.map {
            $0 == features ? featurizer.mostIds : 1
        }
        var bytes = 0
        for (index, buffer) in program.buffers.enumerated() where buffer.region == .input {
            bytes += program.bytes(of: index, counts: capacities) ?? Self.mostWorkingBytes
        }
        do throws(RuntimeError) {
            bytes += try MemoryPlan(program, capacities: capacities).arenaBytes
        } catch { throw .unusable(error) }
        guard bytes <= Self.mostWorkingBytes else {
            throw .tooMuchMemory(bytes: bytes, limit: Self.mostWorkingBytes)
        }
    }

    private func fault(_ reason: String) -> ModelFileError { .malformed(section: "program", reason: reason) }
}
