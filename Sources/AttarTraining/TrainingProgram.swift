import AttarGraph
import AttarHDF5
import AttarRuntime
import AttarStudents

/// One step of a student as a program: loss, and the gradient of every parameter.
struct TrainingProgram: Sendable {
    let program: Program
    let axes: ExampleAxes
    let declarations: [ParameterDeclaration]
    /// One a declaration.
    let gradients: [ParameterGradient]
    let loss: Int
    /// Of the graph of the loss: names what is computed, not how.
    let checksum: UInt64

    /// Where a parameter's gradient comes out.
    enum ParameterGradient: Sendable {
        /// The loss does not depend on it.
        case none
        case dense(output: Int)
        case sparse(TableLookups)
    }

    /// Buffers of the lookups in a table: lookup i adds `weights[i]` times a row of `source` to row `ids[i]`.
    struct TableLookups: Sendable {
        let ids: Int
        /// Nil where each lookup weighs 1.
        let weights: Int?
        let source: Int
        /// Whether lookup i has row i of the source; else it has the row of its example.
        let hasOwnRows: Bool
    }

    init(student: some Student, objective: some Objective) throws {
        var graph = Graph()
        let loss = objective.loss(of: student.logits(in: &graph, training: true), in: &graph)
        checksum = Array(graph.description.utf8).withUnsafeBytes { CRC64.checksum($0) }
        declarations = student.parameters
        let wanted = try declarations.map { declaration in
            guard let parameter = graph.parameter(named: declaration.name) else {
                throw GraphError.noGradient(
                    op: "“\(declaration.name)”", reason: "the student declares it and does not use it")
            }
            return parameter
        }
        let found = try graph.addGradients(of: loss, for: wanted)
        graph.output("loss", loss)
        for (declaration, gradient) in zip(declarations, found) {
            switch gradient {
            case .dense(let value)?: graph.output("\(declaration.name).gradient", value)
            case .sparse(let uses)?:
                guard let use = uses.first, uses.count == 1, graph.inputName(use.ids) != nil else {
                    throw GraphError.noGradient(
                        op: "“\(declaration.name)”",
                        reason: "\(uses.count) lookups read it; a trainer updates a table from one, by ids of an input")
                }
                graph.output("\(declaration.name).source", use.source)
                if let weights = use.weights, graph.inputName(weights) == nil {
                    graph.output("\(declaration.name).weights", weights)
                }
            case nil: break
            }
        }
        let program = try graph.lowered()
        self.program = program
        axes = try ExampleAxes(program)
        func buffer(_ name: String) throws -> Int {
            guard let buffer = program.buffer(named: name) else { throw RuntimeError.unknownBuffer(name: name) }
            return buffer
        }
        self.loss = try buffer("loss")
        gradients = try zip(declarations, found).map { declaration, gradient in
            switch gradient {
            case .dense?: return .dense(output: try buffer("\(declaration.name).gradient"))
            case .sparse(let uses)?:
                let use = uses[0]
                let weights = try use.weights.map {
                    try buffer(graph.inputName($0) ?? "\(declaration.name).weights")
                }
                return .sparse(
                    TableLookups(
                        ids: try buffer(graph.inputName(use.ids) ?? "ids"), weights: weights,
                        source: try buffer("\(declaration.name).source"), hasOwnRows: use.sourceRows == .own))
            case nil: return .none
            }
        }
    }

    /// Throws unless every id names a row of the tables that are looked up by it, and every text has its positions.
    func check(_ features: PackedFeatures) throws(TrainingError) {
        let rows = zip(declarations, gradients).compactMap { declaration, gradient in
            if case .sparse = gradient { declaration.rows } else { nil }
        }
        let positions = program.instructions.filter { $0.opcode == .addPositions }
            .compactMap { $0.operands[2].map { program.buffers[$0].rows.fixed } }
        if let limit = positions.min(), features.longest > limit {
            throw .textTooLong(tokens: features.longest, limit: limit)
        }
        guard let fewest = rows.min() else { return }
        for example in 0..<features.count {
            for id in features.ids[features.offsets[example]..<features.offsets[example + 1]] where id >= fewest {
                throw .idOutOfRange(id: Int(id), example: example, rows: fewest)
            }
        }
    }

    /// What computes an instruction's result, for people: its opcode, and its parameters or the layer that it stands in.
    func description(ofInstruction index: Int) -> String {
        let instruction = program.instructions[index]
        let parameters = instruction.operands.compactMap { operand in
            operand.map { program.buffers[$0] }.flatMap { $0.region == .parameter ? "“\($0.name)”" : nil }
        }
        guard parameters.isEmpty else { return "\(instruction.opcode) of \(parameters.joined(separator: ", "))" }
        // A buffer's name is the layer's path with a number, or the name of an output.
        let name = instruction.operands[0].map { program.buffers[$0].name } ?? ""
        return "\(instruction.opcode) in \(name.split(separator: " ").first ?? "the student")"
    }
}

extension Graph {
    /// The name of an input; nil for every other value.
    fileprivate func inputName(_ value: Value) -> String? {
        guard case .input(let name) = nodes[value.node].op else { return nil }
        return name
    }
}
