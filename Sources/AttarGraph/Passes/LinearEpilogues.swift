extension Graph {
    /// Lets linear layers apply the activation and add the residual that follow them, where nothing else reads what
    /// is in between: two passes over a result less, and no memory for them.
    ///
    /// In training an activation's gradient may read the layer's own result; such a layer stays as it is.
    func fusingLinearEpilogues() throws(GraphError) -> Graph {
        let needed = needed
        var uses = [Int](repeating: 0, count: nodes.count)
        for output in outputs { uses[output.value.node] += 1 }
        for index in nodes.indices where needed[index] {
            for operand in nodes[index].inputs { uses[operand] += 1 }
        }

        /// What a node becomes: the operands of the layer (x, weights, bias) with what follows it.
        struct Fused {
            var layer: [Int]
            var activation = Activation.none
            var residual: Int?
            /// The nodes in between.
            var absorbed: [Int] = []
        }
        var fused: [Int: Fused] = [:]
        func absorbing(_ operand: Int) -> Fused? {
            guard uses[operand] == 1, var inner = fused[operand], inner.residual == nil else { return nil }
            inner.absorbed.append(operand)
            return inner
        }
        for index in nodes.indices where needed[index] {
            let inputs = nodes[index].inputs
            switch nodes[index].op {
            case .linear:
                fused[index] = Fused(layer: inputs)
            case .relu, .gelu:
                guard var layer = absorbing(inputs[0]), layer.activation == .none else { continue }
                layer.activation = nodes[index].op == .relu ? .relu : .gelu
                fused[index] = layer
            case .add:
                // The later operand of two layers: the other one is computed by then.
                for (operand, other) in [(inputs[1], inputs[0]), (inputs[0], inputs[1])] {
                    guard var layer = absorbing(operand) else { continue }
                    layer.residual = other
                    fused[index] = layer
                    break
                }
            default: continue
            }
        }

        var kept = needed
        for (index, layer) in fused where nodes[index].op != .linear {
            for node in layer.absorbed { kept[node] = false }
        }
        return try rewritten(keeping: kept) { copy, index, remade in
            guard let layer = fused[index], nodes[index].op != .linear else { return copy.add(nodes[index], remade) }
            let operands = layer.layer + (layer.residual.map { [$0] } ?? [])
            return copy.apply(
                .fusedLinear(layer.activation, addsResidual: layer.residual != nil), operands.map(remade))
        }
    }
}
