import AttarRuntime

extension Graph {
    /// The program that computes the outputs, once the passes have been over the graph: every value gets a buffer.
    package func lowered(passes: [GraphPass] = GraphPass.allCases) throws(GraphError) -> Program {
        try verify()
        var graph = self
        for pass in passes { graph = try pass(graph) }
        let needed = graph.needed
        var lowering = Lowering()
        for index in graph.nodes.indices where needed[index] {
            let path = graph.paths[index]
            let output = graph.outputs.first { $0.value.node == index }?.name
            lowering.add(
                graph.nodes[index], at: index, name: output ?? (path.isEmpty ? "" : path + " ") + "%\(index)")
        }
        for (name, value) in graph.outputs { try lowering.output(name, node: value.node) }
        return lowering.program
    }
}

/// A program in the making.
private struct Lowering {
    var program = Program(axes: [], buffers: [], instructions: [], outputs: [])
    private var bufferOfNode: [Int: Int] = [:]

    /// Gives a node a buffer, of this name unless it is a leaf, and the instruction that fills it.
    mutating func add(_ node: Graph.Node, at index: Int, name: String) {
        let region: Program.Region
        let bufferName: String
        switch node.op {
        case .input(let name): (region, bufferName) = (.input, name)
        case .parameter(let name): (region, bufferName) = (.parameter, name)
        default: (region, bufferName) = (.arena, name)
        }
        let out = buffer(bufferName, region, node.type, node.shape)
        let x = node.inputs.map { operand in
            guard let buffer = bufferOfNode[operand] else {
                preconditionFailure("%\(operand) is used before it is made")
            }
            return buffer
        }
        bufferOfNode[index] = out
        guard region == .arena else { return }
        program.instructions.append(instruction(for: node, at: index, out, x))
    }

    /// The instruction that computes a node, given the buffers of its result and operands.
    private mutating func instruction(
        for node: Graph.Node, at index: Int, _ out: Int, _ x: [Int]
    ) -> Program.Instruction {
        func call(_ opcode: Opcode, _ more: Int?..., scalar: Float = 0, salt: UInt32 = 0) -> Program.Instruction {
            .init(opcode: opcode, operands: [out] + x + more, outputs: 1, scalar: scalar, salt: salt)
        }
        /// The kernel's own memory comes second, as another output.
        func call(_ opcode: Opcode, scratch: Int, _ more: Int?..., scalar: Float) -> Program.Instruction {
            .init(opcode: opcode, operands: [out, scratch] + x + more, outputs: 2, scalar: scalar)
        }
        func type(_ operand: Int) -> ElementType { program.buffers[x[operand]].type }
        func columns(_ operand: Int) -> Int { program.buffers[x[operand]].columns }
        func linear(scalar: Float) -> Program.Instruction {
            guard type(1) == .int8Panels else { return call(.linearFloat32, scalar: scalar) }
            let shape = Shape(.fixed(Int8Panels.scratchRows), Int8Panels.scratchColumns(inner: columns(0)))
            return call(.linearInt8, scratch: buffer("%\(index).scratch", .arena, .float32, shape), scalar: scalar)
        }
        switch node.op {
        case .input, .parameter:
            preconditionFailure("a leaf has no instruction")
        case .embeddingBag:
            let opcode: Opcode =
                switch type(0) {
                case .int8Rows: .embeddingBagInt8
                case .int4Rows: .embeddingBagInt4
                default: .embeddingBagFloat32
                }
            return call(opcode, offsets(of: x[1]))
        case .embedding:
            return switch type(0) {
            case .int8Rows: call(.embeddingInt8)
            case .int4Rows: call(.embeddingInt4)
            default: call(.embeddingFloat32)
            }
        case .addPositions: return call(.addPositions, offsets(of: out))
        case .linear: return linear(scalar: 0)
        case .fusedLinear(let activation, _): return linear(scalar: Float(activation.rawValue))
        case .relu: return call(.relu)
        case .gelu: return call(.gelu)
        case .add: return call(.add)
        case .scale(let factor): return call(.scale, scalar: factor)
        case .dropout(let rate, let salt): return call(.dropout, offsets(of: out), scalar: rate, salt: salt)
        case .layerNorm(let epsilon): return call(.layerNorm, scalar: epsilon)
        case .segmentAttention(let heads):
            let scratch = attentionScratch(
                for: index, beside: out, AttentionScratch.forwardColumns(width: node.shape.columns, heads: heads))
            return call(.segmentAttention, scratch: scratch, offsets(of: out), scalar: Float(heads))
        case .meanPool: return call(.meanPool, offsets(of: x[0]))
        case .firstPool: return call(.firstPool, offsets(of: x[0]))
        case .softmax(let temperature): return call(.softmax, scalar: temperature)
        case .softCrossEntropy(let temperature):
            return call(.softCrossEntropy, scratch: row("%\(index).scratch", columns(0)), scalar: temperature)
        case .sparseCrossEntropy(let temperature):
            return call(.sparseCrossEntropy, scratch: row("%\(index).scratch", columns(0)), scalar: temperature)
        case .sum: return call(.sumAll)
        case .reluGradient: return call(.reluGradient)
        case .geluGradient:
            guard let slope = slopeOfGelu(at: x[0], as: "%\(index).slope") else { return call(.geluGradient) }
            return .init(opcode: .multiply, operands: [out, slope, x[1]], outputs: 1)
        case .linearInputGradient:
            // The weights turned into panels of the inner axis; the kernel writes and reads it.
            let turned = Shape(.fixed(node.shape.columns), columns(0))
            return call(.linearInputGradient, buffer("%\(index).scratch", .arena, .float32Panels, turned))
        case .linearWeightGradient: return call(.linearWeightGradient)
        case .sumRows: return call(.sumRows)
        case .broadcast: return call(.broadcast)
        case .layerNormInputGradient(let epsilon): return call(.layerNormInputGradient, scalar: epsilon)
        case .layerNormGainGradient(let epsilon): return call(.layerNormGainGradient, scalar: epsilon)
        case .segmentAttentionGradient(let heads):
            let scratch = attentionScratch(
                for: index, beside: out, AttentionScratch.backwardColumns(width: columns(1), heads: heads))
            return call(.segmentAttentionGradient, scratch: scratch, offsets(of: out), scalar: Float(heads))
        case .meanPoolGradient: return call(.meanPoolGradient, offsets(of: out))
        case .firstPoolGradient: return call(.firstPoolGradient, offsets(of: out))
        case .positionGradient: return call(.positionGradient, offsets(of: x[0]))
        case .softCrossEntropyGradient(let temperature): return call(.softCrossEntropyGradient, scalar: temperature)
        case .sparseCrossEntropyGradient(let temperature):
            return call(.sparseCrossEntropyGradient, scalar: temperature)
        }
    }

    /// The slope that the instruction which takes GELU of x leaves beside its result from now on; nil where none does.
    private mutating func slopeOfGelu(at x: Int, as name: String) -> Int? {
        guard let gelu = program.instructions.firstIndex(where: { $0.opcode == .gelu && $0.operands[1] == x }) else {
            return nil
        }
        var slope = program.buffers[x]
        (slope.name, slope.region) = (name, .arena)
        program.buffers.append(slope)
        let operands = [program.instructions[gelu].operands[0], program.buffers.count - 1, x]
        program.instructions[gelu] = .init(opcode: .geluWithSlope, operands: operands, outputs: 2)
        return program.buffers.count - 1
    }

    mutating func output(_ name: String, node: Int) throws(GraphError) {
        guard let buffer = bufferOfNode[node], program.buffers[buffer].region == .arena else {
            throw .notLowerable(op: "output “\(name)”", reason: "it is a leaf of the graph")
        }
        guard program.outputs.contains(buffer) else {
            program.outputs.append(buffer)
            return
        }
        // A buffer has one name, so a value with a second one is copied.
        var copy = program.buffers[buffer]
        guard copy.type == .float32 else {
            throw .notLowerable(op: "output “\(name)”", reason: "its value is the output “\(copy.name)” too")
        }
        copy.name = name
        program.buffers.append(copy)
        program.outputs.append(program.buffers.count - 1)
        program.instructions.append(
            .init(opcode: .scale, operands: [program.buffers.count - 1, buffer], outputs: 1, scalar: 1))
    }

    private mutating func buffer(_ name: String, _ region: Program.Region, _ type: ElementType, _ shape: Shape) -> Int {
        let rows: Program.Rows =
            switch shape.rows {
            case .fixed(let count): .init(axis: nil, fixed: count)
            case .batch(let batch): .init(axis: axis(batch.name, parent: batch.parentName), fixed: 0)
            }
        program.buffers.append(.init(name: name, region: region, type: type, rows: rows, columns: shape.columns))
        return program.buffers.count - 1
    }

    /// Scratch with a row a token and some more; the tokens are the rows of another buffer.
    private mutating func attentionScratch(for index: Int, beside other: Int, _ columns: Int) -> Int {
        var rows = program.buffers[other].rows
        rows.fixed = AttentionScratch.spareRows
        program.buffers.append(
            .init(name: "%\(index).scratch", region: .arena, type: .float32, rows: rows, columns: columns))
        return program.buffers.count - 1
    }

    /// Scratch for one row of floats.
    private mutating func row(_ name: String, _ columns: Int) -> Int {
        buffer(name, .arena, .float32, Shape(.fixed(1), columns))
    }

    private mutating func axis(_ name: String, parent: String?) -> Int {
        if let known = program.axes.firstIndex(where: { $0.name == name }) { return known }
        let parentIndex = parent.map { axis($0, parent: nil) }
        program.axes.append(.init(name: name, parent: parentIndex))
        return program.axes.count - 1
    }

    /// The offsets that divide the axis of a buffer's rows among its parent's elements: an input of the program. Nil
    /// for an axis without parent.
    private mutating func offsets(of child: Int) -> Int? {
        guard let axis = program.buffers[child].rows.axis, let parent = program.axes[axis].parent else {
            return nil
        }
        let name = program.axes[axis].name + ".offsets"
        if let known = program.buffers.firstIndex(where: { $0.name == name }) { return known }
        program.buffers.append(
            .init(name: name, region: .input, type: .uint32, rows: .init(axis: parent, fixed: 1), columns: 1))
        return program.buffers.count - 1
    }
}
