import AttarData
import AttarGraph
import AttarQuantization
import AttarRuntime
import AttarStatistics
import AttarTraining

extension ModelBuilder {
    /// Calibration rows, divided by chance: those that probabilities are calibrated on, and those that thresholds are
    /// fitted on, `share` of all; without a share all calibrate.
    package func calibrationRows(thresholdShare share: Double?) -> (probabilities: [Int], thresholds: [Int]) {
        let rows = task.rows(of: .calibration, in: dataset)
        guard let share else { return (rows, []) }
        var generator = SplitMix64(seed: 11)
        let shuffled = generator.shuffled(rows)
        let count = Int((Double(rows.count) * share).rounded())
        return (shuffled.dropFirst(count).sorted(), shuffled.prefix(count).sorted())
    }

    func calibrationFit(of rows: [Int], _ model: Quantized) throws -> CalibrationFit {
        CalibrationFit(
            logits: try logits(of: rows, model), truth: rows.map { likeliest(task.target(of: $0, in: dataset) ?? []) },
            classCount: task.classes)
    }

    /// What a calibrated model computes, and with which parameters.
    func calibrated(_ model: Quantized, by calibration: Calibration) throws -> (Graph, ParameterStore) {
        var graph = try task.forwardGraph(temperature: Float(calibration.temperature))
        var store = model.parameters
        if let vector = calibration.vector { store = try folding(vector, into: model.parameters, of: graph) }
        if let isotonic = calibration.isotonic {
            (graph, store) = try adding(isotonic, to: graph, store)
        }
        for entry in store.entries { graph = try graph.changingParameter(entry.name, to: entry.type) }
        graph.keepOutputs(["probabilities"])
        return (graph, store)
    }

    /// Scales and offsets of the logits as those of the last layer: w · (W x + b) + o = (w W) x + (w b + o).
    private func folding(
        _ vector: VectorScaling, into parameters: ParameterStore, of graph: Graph
    ) throws -> ParameterStore {
        let store = try parameters.copy()
        guard let logits = graph.outputs.first(where: { $0.name == "logits" })?.value,
            graph.nodes[logits.node].op == .linear
        else { preconditionFailure("logits come from a linear layer") }
        let operands = graph.nodes[logits.node].inputs.dropFirst().map { graph.nodes[$0].op }
        for (index, entry) in store.entries.enumerated() {
            if operands.first == .parameter(name: entry.name) {
                switch entry.type {
                case .int8Panels:
                    // Scales of the rows come first.
                    let scales = store.bytes(index).assumingMemoryBound(to: Float.self)
                    for row in 0..<entry.rows { scales[row] = Float(Double(scales[row]) * vector.scales[row]) }
                default:
                    let values = store.rowMajor(at: index)
                    store.setRowMajor(
                        values.indices.map { Float(Double(values[$0]) * vector.scales[$0 / entry.columns]) }, at: index)
                }
            } else if operands.last == .parameter(name: entry.name) {
                let bias = store.floats(index)
                for row in bias.indices {
                    bias[row] = Float(Double(bias[row]) * vector.scales[row] + vector.offsets[row])
                }
            }
        }
        return store
    }

    /// softmax(Σ slope · max(p − knot, 0)) on the probabilities p, from layers that every model file may hold.
    ///
    /// A knot is taken off by a bias: a layer of zeros, by way of one column so that it stays small, gives it to every row.
    private func adding(
        _ isotonic: IsotonicScaling, to graph: Graph, _ parameters: ParameterStore
    ) throws -> (Graph, ParameterStore) {
        var graph = graph
        guard let probabilities = graph.outputs.first(where: { $0.name == "probabilities" })?.value else {
            preconditionFailure("a student has probabilities")
        }
        graph.path = "calibration"
        var added: [(name: String, rows: Int, columns: Int, type: ElementType, values: [Float])] = []
        func parameter(
            _ name: String, rows: Int, columns: Int, type: ElementType = .float32, _ values: [Float]
        ) -> Value {
            added.append(("calibration.\(name)", rows, columns, type, values))
            return graph.parameter("calibration.\(name)", rows: rows, columns: columns, type: type)
        }
        let classes = task.classes
        let zeros = [Float](repeating: 0, count: classes)
        let column = graph.apply(
            .linear, probabilities, parameter("in", rows: 1, columns: classes, type: .float32Panels, zeros),
            parameter("in.bias", rows: 1, columns: 1, [0]))
        let out = parameter("out", rows: classes, columns: 1, type: .float32Panels, zeros)
        var sum: Value?
        for (index, (knot, slope)) in zip(isotonic.knots, isotonic.slopes).enumerated() {
            var above = probabilities
            if knot > 0 {
                let bias = parameter(
                    "knot.\(index)", rows: 1, columns: classes, zeros.map { _ in Float(-knot) })
                above = graph.apply(.relu, graph.apply(.add, probabilities, graph.apply(.linear, column, out, bias)))
            }
            let term = graph.apply(.scale(by: Float(slope)), above)
            sum = sum.map { graph.apply(.add, $0, term) } ?? term
        }
        graph.keepOutputs([])
        graph.output("probabilities", graph.apply(.softmax(temperature: 1), sum ?? probabilities))
        try graph.verify()

        let store = try ParameterStore(
            parameters.entries.map { ($0.name, $0.rows, $0.columns, $0.type) }
                + added.map { ($0.name, $0.rows, $0.columns, $0.type) })
        for index in parameters.entries.indices {
            store.bytes(index).copyMemory(from: UnsafeRawBufferPointer(parameters.bytes(index)))
        }
        for (index, entry) in added.enumerated() {
            store.setRowMajor(entry.values, at: parameters.entries.count + index)
        }
        return (graph, store)
    }
}
