import AttarGraph
import AttarRuntime

extension OpSample {
    /// A sample of a whole graph, with random leaves: its examples have up to `longest` elements of each child axis,
    /// some have none.
    ///
    /// - Parameters:
    ///   - result: becomes the output `result`.
    ///   - ids: rows of the tables that the graph looks up.
    package init(
        _ description: String, of graph: Graph, result: Value, rows: Int, longest: Int, ids: Int, seed: UInt64
    ) {
        var b = SampleBuilder(rows: rows, seed: seed)
        var graph = graph
        graph.output("result", result)
        for node in graph.nodes {
            guard case .batch(let axis) = node.shape.rows, axis.parentName != nil, b.batch.offsets[axis.name] == nil
            else { continue }
            b.divide(axis.name, longest: longest)
        }
        for node in graph.nodes {
            switch (node.op, node.type) {
            case (.parameter(let name), let type):
                let rows = b.count(node.shape.rows)
                _ = b.parameter(name, rows: rows, columns: node.shape.columns, type: type)
            case (.input("one"), _):
                b.leaves["one"] = Leaf(rows: 1, columns: 1, floats: [1])
            case (.input(let name), .uint32):
                _ = b.numbers(name, rows: node.shape.rows, below: name == "ids" ? ids : 1 << 31)
            case (.input(let name), _):
                _ = b.floats(name, rows: node.shape.rows, columns: node.shape.columns, within: 1)
            default: continue
            }
        }
        let parameters = graph.nodes.compactMap { node -> String? in
            guard case .parameter(let name) = node.op else { return nil }
            return name
        }
        self.init(
            description: description, graph: graph, leaves: b.leaves, batch: b.batch, differentiable: parameters)
    }
}
