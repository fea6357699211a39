import AttarRuntime

extension Graph {
    /// Whether an output needs a node, by the node's index.
    var needed: [Bool] {
        var needed = [Bool](repeating: false, count: nodes.count)
        for output in outputs { needed[output.value.node] = true }
        for index in nodes.indices.reversed() where needed[index] {
            for operand in nodes[index].inputs { needed[operand] = true }
        }
        return needed
    }

    /// A copy in which each node is made anew, in order, from its operands' new values; nodes that are not `kept` are
    /// left out.
    ///
    /// - Parameter remake: gives the node's new value; `remade` says what became of an earlier node.
    func rewritten(
        keeping kept: [Bool],
        _ remake: (_ copy: inout Graph, _ index: Int, _ remade: (Int) -> Value) throws(GraphError) -> Value
    ) throws(GraphError) -> Graph {
        var copy = Graph()
        var values: [Int: Value] = [:]
        func remade(_ index: Int) -> Value {
            guard let value = values[index] else { preconditionFailure("node \(index) was left out and is used") }
            return value
        }
        for index in nodes.indices where kept[index] {
            copy.path = paths[index]
            values[index] = try remake(&copy, index, remade)
        }
        copy.path = path
        for (name, value) in outputs { copy.output(name, remade(value.node)) }
        try copy.verify()
        return copy
    }

    /// Adds a node of another graph to this one.
    mutating func add(_ node: Node, _ remade: (Int) -> Value) -> Value {
        switch node.op {
        case .input, .parameter: leaf(node.op, node.shape, node.type)
        default: apply(node.op, node.inputs.map(remade))
        }
    }

    /// The same graph with a parameter stored in another form: the step that quantizes.
    package func changingParameter(_ name: String, to type: ElementType) throws(GraphError) -> Graph {
        try rewritten(keeping: nodes.map { _ in true }) { copy, index, remade in
            nodes[index].op == .parameter(name: name)
                ? copy.leaf(nodes[index].op, nodes[index].shape, type) : copy.add(nodes[index], remade)
        }
    }
}
