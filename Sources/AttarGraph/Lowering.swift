import AttarRuntime

extension Graph {
    /// The program that computes the outputs: nodes that no output needs are left out, every value gets a buffer.
    package func lowered() throws(GraphError) -> Program {
        try verify()
        var needed: Set<Int> = []
        var pending = outputs.map(\.value.node)
        while let node = pending.popLast() {
            if needed.insert(node).inserted { pending += nodes[node].inputs }
        }
        var lowering = Lowering()
        for index in nodes.indices where needed.contains(index) {
            lowering.add(nodes[index], at: index, name: outputs.first { $0.value.node == index }?.name)
        }
        for (name, value) in outputs { try lowering.output(name, node: value.node) }
        return lowering.program
    }
}

/// A program in the making.
private struct Lowering {
    var program = Program(axes: [], buffers: [], instructions: [], outputs: [])
    private var bufferOfNode: [Int: Int] = [:]

    mutating func add(_ node: Graph.Node, at index: Int, name: String?) {
        let region: Program.Region
        let bufferName: String
        switch node.op {
        case .input(let name): (region, bufferName) = (.input, name)
        case .parameter(let name): (region, bufferName) = (.parameter, name)
        default: (region, bufferName) = (.arena, name ?? "%\(index)")
        }
        let out = buffer(bufferName, region, node.type, node.shape)
        bufferOfNode[index] = out
        let x = node.inputs.map { bufferOfNode[$0] }
        let opcode: Opcode
        var operands: [Int?] = [out] + x
        var outputs = 1
        var scalar: Float = 0
        var salt: UInt32 = 0
        switch node.op {
        case .input, .parameter:
            return
        case .embeddingBag:
            opcode =
                switch program.buffers[node.inputs.first.flatMap { bufferOfNode[$0] } ?? 0].type {
                case .int8Rows: .embeddingBagInt8
                case .int4Rows: .embeddingBagInt4
                default: .embeddingBagFloat32
                }
            operands.append(offsets(of: x[1]))
        case .linear:
            opcode = x[1].map { program.buffers[$0].type } == .int8Panels ? .linearInt8 : .linearFloat32
        case .relu: opcode = .relu
        case .add: opcode = .add
        case .scale(let factor): (opcode, scalar) = (.scale, factor)
        case .dropout(let rate, let key):
            (opcode, scalar, salt) = (.dropout, rate, key)
            operands.append(offsets(of: x[0]))
        case .softmax(let temperature): (opcode, scalar) = (.softmax, temperature)
        case .softCrossEntropy(let temperature):
            (opcode, scalar) = (.softCrossEntropy, temperature)
            let columns = x[0].map { program.buffers[$0].columns } ?? 1
            operands.insert(buffer("%\(index).scratch", .arena, .float32, Shape(.fixed(1), columns)), at: 1)
            outputs = 2
        case .sum: opcode = .sumAll
        case .reluGradient: opcode = .reluGradient
        case .linearInputGradient:
            opcode = .linearInputGradient
            // The weights turned into panels of the inner axis; the kernel writes and reads it.
            let turned = Shape(.fixed(node.shape.columns), x[0].map { program.buffers[$0].columns } ?? 1)
            operands.append(buffer("%\(index).scratch", .arena, .float32Panels, turned))
        case .linearWeightGradient: opcode = .linearWeightGradient
        case .sumRows: opcode = .sumRows
        case .broadcast: opcode = .broadcast
        case .softCrossEntropyGradient(let temperature): (opcode, scalar) = (.softCrossEntropyGradient, temperature)
        }
        program.instructions.append(
            .init(opcode: opcode, operands: operands, outputs: outputs, scalar: scalar, salt: salt))
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

    private mutating func axis(_ name: String, parent: String?) -> Int {
        if let known = program.axes.firstIndex(where: { $0.name == name }) { return known }
        let parentIndex = parent.map { axis($0, parent: nil) }
        program.axes.append(.init(name: name, parent: parentIndex))
        return program.axes.count - 1
    }

    /// The offsets that divide the axis of a buffer's rows among its parent's elements: an input of the program. Nil
    /// for an axis without parent.
    private mutating func offsets(of child: Int?) -> Int? {
        guard let child, let axis = program.buffers[child].rows.axis, let parent = program.axes[axis].parent else {
            return nil
        }
        let name = program.axes[axis].name + ".offsets"
        if let known = program.buffers.firstIndex(where: { $0.name == name }) { return known }
        program.buffers.append(
            .init(name: name, region: .input, type: .uint32, rows: .init(axis: parent, fixed: 1), columns: 1))
        return program.buffers.count - 1
    }
}
