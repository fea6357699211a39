import AttarGraph
import AttarRuntime

/// The gradient of a sample: the graph that computes it, its leaves, and the differences that check it.
///
/// The sample's result is turned into a loss with a different cotangent for each element: three random projections of its columns,
/// cross-entropy to random targets, random weights of rows.
package struct GradientCheck {
    /// Outputs: `loss`, and the dense gradients or sources of each parameter.
    package let graph: Graph
    package let leaves: [String: Leaf]
    package let batch: SampleBatch
    private let parameters: [(name: String, gradient: Gradient)]

    /// Throws where the graph says that there is no gradient.
    package init(_ sample: OpSample, by names: [String]? = nil, seed: UInt64) throws(GraphError) {
        let names = names ?? sample.differentiable
        var graph = sample.graph
        var leaves = sample.leaves
        var random = SeededRandom(seed: seed)
        guard let result = graph.outputs.first(where: { $0.name == "result" })?.value else {
            preconditionFailure("a sample has no result")
        }
        let rows = ReferenceInterpreter(graph, batch: sample.batch).rows(result.shape.rows)
        func leaf(_ name: String, _ rows: Int, _ columns: Int, within bound: Float) -> String {
            leaves[name] = Leaf(rows: rows, columns: columns, floats: random.floats(rows * columns, within: bound))
            return name
        }
        let columns = result.shape.columns
        let projection = graph.parameter(
            leaf("check.projection", 3, columns, within: 1 / Float(columns)), rows: 3, columns: columns,
            type: .float32Panels)
        let bias = graph.parameter(leaf("check.bias", 1, 3, within: 1), rows: 1, columns: 3)
        let targets = graph.input(leaf("check.targets", rows, 3, within: 1), rows: result.shape.rows, columns: 3)
        let weights = graph.input(leaf("check.weights", rows, 1, within: 1), rows: result.shape.rows, columns: 1)
        let logits = graph.apply(.linear, result, projection, bias)
        let loss = graph.apply(.sum, graph.apply(.softCrossEntropy(temperature: 1), logits, targets, weights))
        let values = names.compactMap { name in
            graph.nodes.firstIndex { $0.op == .input(name: name) || $0.op == .parameter(name: name) }.map(graph.value)
        }
        let gradients = try graph.addGradients(of: loss, for: values)
        leaves["one"] = Leaf(rows: 1, columns: 1, floats: [1])
        graph.output("loss", loss)
        var found: [(name: String, gradient: Gradient)] = []
        for (name, gradient) in zip(names, gradients) {
            guard let gradient else { continue }
            found.append((name, gradient))
            switch gradient {
            case .dense(let value): graph.output("\(name).gradient", value)
            case .sparse(let uses):
                for (index, use) in uses.enumerated() { graph.output("\(name).source\(index)", use.source) }
            }
        }
        parameters = found
        self.graph = graph
        self.leaves = leaves
        batch = sample.batch
    }

    /// Names of the leaves that have a gradient.
    package var names: [String] { parameters.map(\.name) }

    /// Compares the gradient with central differences along random directions, all in double precision. What disagrees, or
    /// nothing.
    package func disagreements(directions: Int, seed: UInt64) -> [String] {
        let interpreter = ReferenceInterpreter(graph, batch: batch)
        let references = leaves.mapValues(\.reference)
        let nodes = interpreter.evaluate(references)
        var random = SeededRandom(seed: seed)
        var problems: [String] = []
        for (name, gradient) in parameters {
            guard let leaf = references[name] else { continue }
            let analytic = interpreter.dense(gradient, rows: leaf.rows, columns: leaf.columns, nodes: nodes)
            guard analytic.values.count == leaf.values.count else {
                problems.append("\(name): the gradient has another shape")
                continue
            }
            for _ in 0..<directions {
                let direction = leaf.values.map { _ in random.unit() * 2 - 1 }
                let projected = zip(analytic.values, direction).reduce(0) { $0 + $1.0 * $1.1 }
                let size = zip(analytic.values, direction).reduce(0) { $0 + ($1.0 * $1.1).magnitude }
                let difference =
                    (loss(references, moving: name, along: direction, by: Self.step)
                        - loss(references, moving: name, along: direction, by: -Self.step)) / (2 * Self.step)
                // Differences lose half of the digits of a double.
                if !((difference - projected).magnitude <= 1e-7 * (size + 1)) {
                    problems.append("\(name): difference \(difference), gradient \(projected)")
                }
            }
        }
        return problems
    }

    private static let step = 1e-5

    private func loss(
        _ references: [String: ReferenceValue], moving name: String, along direction: [Double], by step: Double
    ) -> Double {
        var moved = references
        for index in direction.indices { moved[name]?.values[index] += step * direction[index] }
        return ReferenceInterpreter(graph, batch: batch).output("loss", of: moved)?.values[0] ?? .nan
    }
}
