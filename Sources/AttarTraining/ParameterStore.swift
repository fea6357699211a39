import AttarGraph
import AttarRuntime
import AttarStudents

/// Memory for parameters by name, 64-byte aligned, in the layout that kernels read.
///
/// Written by one owner between runs; workers only read it while a program runs.
package final class ParameterStore: @unchecked Sendable {
    package struct Entry: Sendable {
        package let name: String
        package let rows: Int
        package let columns: Int
        package let type: ElementType
        package let bytes: Int
    }

    package let entries: [Entry]
    private let pointers: [UnsafeMutableRawPointer]

    /// Zeroed memory for each entry. Throws where a size overflows.
    package init(_ shapes: [(name: String, rows: Int, columns: Int, type: ElementType)]) throws(RuntimeError) {
        var entries: [Entry] = []
        for shape in shapes {
            guard let bytes = shape.type.bytes(rows: shape.rows, columns: shape.columns) else {
                throw .tooLarge(buffer: shape.name)
            }
            entries.append(
                Entry(name: shape.name, rows: shape.rows, columns: shape.columns, type: shape.type, bytes: bytes))
        }
        self.entries = entries
        pointers = entries.map { entry in
            let pointer = UnsafeMutableRawPointer.allocate(byteCount: max(entry.bytes, 1), alignment: 64)
            pointer.initializeMemory(as: UInt8.self, repeating: 0, count: entry.bytes)
            return pointer
        }
    }

    /// A student's parameters as its initializers draw them.
    package convenience init(_ declarations: [ParameterDeclaration], seed: UInt64) throws(RuntimeError) {
        try self.init(declarations.map { ($0.name, $0.rows, $0.columns, $0.type) })
        for (index, declaration) in declarations.enumerated() {
            let values = declaration.initializer.values(
                rows: declaration.rows, columns: declaration.columns, name: declaration.name, seed: seed)
            setRowMajor(values, at: index)
        }
    }

    deinit { for pointer in pointers { pointer.deallocate() } }

    package func index(of name: String) -> Int? { entries.firstIndex { $0.name == name } }

    package func pointer(_ index: Int) -> UnsafeMutableRawPointer { pointers[index] }

    package func floats(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        let entry = entries[index]
        return UnsafeMutableBufferPointer(
            start: pointers[index].assumingMemoryBound(to: Float.self), count: entry.bytes / MemoryLayout<Float>.stride)
    }

    package func bytes(_ index: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: pointers[index], count: entries[index].bytes)
    }

    /// Pointers in the order in which a program wants its parameters.
    package func pointers(for program: Program) -> [UnsafeMutableRawPointer] {
        program.parameters.map { buffer in
            guard let index = index(of: program.buffers[buffer].name) else {
                preconditionFailure("no parameter \(program.buffers[buffer].name)")
            }
            return pointers[index]
        }
    }

    /// The values of a float parameter `[rows, columns]` in row-major order, whatever its layout.
    package func rowMajor(at index: Int) -> [Float] {
        let entry = entries[index]
        let stored = floats(index)
        guard entry.type == .float32Panels else { return Array(stored) }
        let count = entry.rows * entry.columns
        return [Float](unsafeUninitializedCapacity: count) { values, initialized in
            for row in 0..<entry.rows {
                for column in 0..<entry.columns {
                    let position = panelPosition(row: row, column: column, columns: entry.columns)
                    values.initializeElement(at: row * entry.columns + column, to: stored[position])
                }
            }
            initialized = count
        }
    }

    package func setRowMajor(_ values: [Float], at index: Int) {
        let entry = entries[index]
        precondition(values.count == entry.rows * entry.columns)
        let stored = floats(index)
        guard entry.type == .float32Panels else {
            _ = stored.update(from: values)
            return
        }
        for row in 0..<entry.rows {
            for column in 0..<entry.columns {
                stored[panelPosition(row: row, column: column, columns: entry.columns)] =
                    values[row * entry.columns + column]
            }
        }
    }

    /// A copy that later writes to this store do not change.
    package func copy() throws(RuntimeError) -> ParameterStore {
        let copy = try ParameterStore(entries.map { ($0.name, $0.rows, $0.columns, $0.type) })
        for index in entries.indices { copy.bytes(index).copyMemory(from: UnsafeRawBufferPointer(bytes(index))) }
        return copy
    }
}

/// Where element (row, column) of a weight matrix stands in its panels.
package func panelPosition(row: Int, column: Int, columns: Int) -> Int {
    (row / panelOutputs * columns + column) * panelOutputs + row % panelOutputs
}
