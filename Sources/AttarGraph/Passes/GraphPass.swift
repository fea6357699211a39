/// A transformation of a graph that keeps the outputs, to the bit.
///
/// Common subexpressions need no pass: a graph makes equal nodes one node.
package enum GraphPass: CaseIterable, Sendable {
    case deadNodes
    case linearEpilogues

    package func callAsFunction(_ graph: Graph) throws(GraphError) -> Graph {
        switch self {
        case .deadNodes: try graph.removingDeadNodes()
        case .linearEpilogues: try graph.fusingLinearEpilogues()
        }
    }
}
