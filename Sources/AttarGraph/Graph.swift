import AttarRuntime

/// A handle on what a node of a graph computes.
package struct Value: Hashable, Sendable {
    package let node: Int
    package let shape: Shape
    package let type: ElementType
}

/// Why a graph cannot be built or transformed.
package enum GraphError: Error, Equatable, Sendable, CustomStringConvertible {
    case shape(op: String, path: String, problem: String, operands: String)
    case noGradient(op: String, reason: String)
    case duplicateName(String)
    case notLowerable(op: String, reason: String)

    package var description: String {
        switch self {
        case .shape(let op, let path, let problem, let operands):
            "\(path.isEmpty ? "" : path + ": ")\(op) \(problem): \(operands). Do the sizes in the recipe's `student` section fit together?"
        case .noGradient(let op, let reason): "\(op) has no gradient: \(reason)"
        case .duplicateName(let name): "two leaves of the graph are called “\(name)”"
        case .notLowerable(let op, let reason): "\(op) cannot be lowered: \(reason)"
        }
    }
}

/// A program as mathematics: nodes in the order in which they were made, each a pure function of earlier ones.
///
/// Equal nodes are one node. A shape mistake is remembered (the first one) and thrown by `verify`, so layers read
/// without `try`.
package struct Graph: Sendable, CustomStringConvertible {
    package struct Node: Hashable, Sendable {
        package let op: Op
        package let inputs: [Int]
        package let shape: Shape
        package let type: ElementType
    }

    package private(set) var nodes: [Node] = []
    /// The layer for which each node was made first.
    private(set) var paths: [String] = []
    package private(set) var outputs: [(name: String, value: Value)] = []
    /// Names the layer that is being built, for error messages and in programs.
    package var path = ""
    private var known: [Node: Int] = [:]
    private var firstError: GraphError?

    package init() {}

    package mutating func input(_ name: String, rows: Extent, columns: Int, type: ElementType = .float32) -> Value {
        leaf(.input(name: name), Shape(rows, columns), type)
    }

    package mutating func parameter(_ name: String, rows: Int, columns: Int, type: ElementType = .float32) -> Value {
        if rows < 1 || columns < 1 { refuse("parameter “\(name)”", "has no elements", "[\(rows), \(columns)]") }
        return leaf(.parameter(name: name), Shape(.fixed(rows), columns), type)
    }

    package mutating func apply(_ op: Op, _ inputs: Value...) -> Value { apply(op, inputs) }

    package mutating func apply(_ op: Op, _ inputs: [Value]) -> Value {
        do throws(ShapeProblem) {
            let (shape, type) = try op.result(of: inputs)
            var operands = inputs.map(\.node)
            // a + b and b + a are one node.
            if op == .add { operands.sort() }
            return append(Node(op: op, inputs: operands, shape: shape, type: type))
        } catch {
            refuse("\(op)", error.text, inputs.map { "\($0.shape) \($0.type)" }.joined(separator: " · "))
            // Work goes on with the first operand; `verify` throws before anything runs.
            return inputs.first ?? Value(node: 0, shape: .scalar, type: .float32)
        }
    }

    /// Remembers a mistake for `verify`, if it is the first one: what cannot be, why not, and the sizes.
    package mutating func refuse(_ op: String, _ problem: String, _ operands: String) {
        firstError = firstError ?? .shape(op: op, path: path, problem: problem, operands: operands)
    }

    package mutating func output(_ name: String, _ value: Value) { outputs.append((name, value)) }

    /// Drops all other outputs.
    package mutating func keepOutputs(_ names: [String]) { outputs.removeAll { !names.contains($0.name) } }

    package func value(_ node: Int) -> Value { Value(node: node, shape: nodes[node].shape, type: nodes[node].type) }

    /// The parameter of that name.
    package func parameter(named name: String) -> Value? {
        nodes.firstIndex { $0.op == .parameter(name: name) }.map(value)
    }

    /// Checks every node anew: operands come earlier, shapes and types follow the rules, leaves have distinct names.
    package func verify() throws(GraphError) {
        if let firstError { throw firstError }
        var names: Set<String> = []
        for (index, node) in nodes.enumerated() {
            switch node.op {
            case .input(let name), .parameter(let name):
                guard names.insert(name).inserted else { throw .duplicateName(name) }
            default:
                guard node.inputs.allSatisfy({ $0 < index }) else {
                    throw .shape(
                        op: "\(node.op)", path: "node \(index)", problem: "reads a later node",
                        operands: "\(node.inputs)")
                }
                do throws(ShapeProblem) {
                    let result = try node.op.result(of: node.inputs.map(value))
                    guard result == (node.shape, node.type) else {
                        throw ShapeProblem("stored shape differs from its rule")
                    }
                } catch {
                    throw .shape(
                        op: "\(node.op)", path: "node \(index)", problem: error.text, operands: "\(node.shape)")
                }
            }
        }
    }

    /// One line a node, with shapes.
    package var description: String {
        var lines = nodes.enumerated().map { index, node in
            "%\(index) = \(node.op)(\(node.inputs.map { "%\($0)" }.joined(separator: ", "))) \(node.shape) \(node.type)"
        }
        lines += outputs.map { "\($0.name): %\($0.value.node)" }
        return lines.joined(separator: "\n")
    }

    mutating func leaf(_ op: Op, _ shape: Shape, _ type: ElementType) -> Value {
        append(Node(op: op, inputs: [], shape: shape, type: type))
    }

    private mutating func append(_ node: Node) -> Value {
        let index = known[node] ?? nodes.count
        if index == nodes.count {
            nodes.append(node)
            paths.append(path)
            known[node] = index
        }
        return value(index)
    }
}
