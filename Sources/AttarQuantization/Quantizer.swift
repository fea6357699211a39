import AttarGraph
import AttarRuntime
import AttarTraining

/// Stores the weights of a graph as integers: graph → graph, with a store for its parameters.
package struct WeightQuantizer: Sendable {
    /// Form of embedding tables: `int8Rows`, `int4Rows` or `float32`.
    package var table: ElementType
    /// Form of linear layers: `int8Panels` or `float32Panels`.
    package var linear: ElementType
    package var clip: ClipRule

    package init(table: ElementType, linear: ElementType, clip: ClipRule) {
        self.table = table
        self.linear = linear
        self.clip = clip
    }

    /// What quantizing did to one parameter.
    package struct Report: Sendable {
        package let name: String
        package let type: ElementType
        package let bytes: Int
        package let meanSquaredError: Double
        /// Mean squared error over the mean square of the values.
        package let relativeError: Double
    }

    package func quantize(
        _ graph: Graph, parameters: ParameterStore
    ) throws -> (graph: Graph, parameters: ParameterStore, reports: [Report]) {
        var result = graph
        let types = parameters.entries.map { entry in form(of: entry, in: graph) }
        for (entry, type) in zip(parameters.entries, types) where type != entry.type {
            result = try result.changingParameter(entry.name, to: type)
        }
        let store = try ParameterStore(zip(parameters.entries, types).map { ($0.name, $0.rows, $0.columns, $1) })
        var reports: [Report] = []
        for (index, type) in types.enumerated() {
            reports.append(write(parameters, index, as: type, to: store))
        }
        return (result, store, reports)
    }

    /// Tables are what embeddings look up; panels are linear weights; everything else (biases) stays float.
    private func form(of entry: ParameterStore.Entry, in graph: Graph) -> ElementType {
        if entry.type == .float32Panels { return linear }
        let isTable = graph.nodes.contains { node in
            (node.op == .embeddingBag || node.op == .embedding)
                && graph.nodes[node.inputs[0]].op == .parameter(name: entry.name)
        }
        return isTable ? table : entry.type
    }

    private func write(_ source: ParameterStore, _ index: Int, as type: ElementType, to store: ParameterStore) -> Report
    {
        let entry = source.entries[index]
        let bytes = store.bytes(index)
        var (squares, errors) = (0.0, 0.0)
        if type == entry.type {
            bytes.copyMemory(from: UnsafeRawBufferPointer(source.bytes(index)))
        } else {
            let values = source.rowMajor(at: index)
            let codesStart = type.codesOffset(rows: entry.rows) ?? 0
            let limit = type == .int4Rows ? 7 : 127
            let rows = ParallelMap.chunks(of: entry.rows, size: 1024) { [clip] range in
                range.map { row in
                    RowQuantization.quantize(
                        values[(row * entry.columns)..<((row + 1) * entry.columns)], limit: limit, clip: clip)
                }
            }
            for (row, quantized) in rows.joined().enumerated() {
                let original = values[(row * entry.columns)..<((row + 1) * entry.columns)]
                bytes.storeBytes(of: quantized.scale, toByteOffset: row * 4, as: Float.self)
                if type == .int8Panels {
                    let sum = quantized.codes.reduce(Int32(0)) { $0 + Int32($1) }
                    bytes.storeBytes(of: sum, toByteOffset: codesStart / 2 + row * 4, as: Int32.self)
                }
                for (column, code) in quantized.codes.enumerated() {
                    let at = codesStart + Self.position(row: row, column: column, columns: entry.columns, type: type)
                    let byte = UInt8(bitPattern: code)
                    if type == .int4Rows {
                        bytes[at] |= column & 16 == 0 ? byte & 0x0F : byte << 4
                    } else {
                        bytes[at] = byte
                    }
                }
                for (value, code) in zip(original, quantized.codes) {
                    let difference = Double(value) - Double(code) * Double(quantized.scale)
                    errors += difference * difference
                    squares += Double(value) * Double(value)
                }
            }
        }
        let count = Double(max(entry.rows * entry.columns, 1))
        return Report(
            name: entry.name, type: type, bytes: bytes.count, meanSquaredError: errors / count,
            relativeError: squares > 0 ? errors / squares : 0)
    }

    /// The byte that holds a code, counted from the first code. int4: 16 bytes hold 32 columns, the low nibbles the
    /// first 16.
    static func position(row: Int, column: Int, columns: Int, type: ElementType) -> Int {
        switch type {
        case .int8Panels: Int8Panels.position(row: row, column: column, columns: columns)
        case .int4Rows: row * ((columns + 31) / 32 * 16) + column / 32 * 16 + column % 16
        default: row * columns + column
        }
    }
}
