extension Graph {
    /// Leaves out the nodes that no output needs.
    func removingDeadNodes() throws(GraphError) -> Graph {
        try rewritten(keeping: needed) { copy, index, remade in copy.add(nodes[index], remade) }
    }
}
