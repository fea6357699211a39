import AttarGraph

/// What a student is trained towards: a scalar loss over the targets of a batch.
package protocol Objective: Sendable {
    /// Adds the loss, summed over the examples of the batch, to a graph.
    func loss(of logits: Value, in graph: inout Graph) -> Value
}

/// Knowledge distillation (Hinton et al. 2015, section 2): KL divergence to the teacher's softened probabilities plus
/// cross-entropy to gold labels.
///
/// Inputs on `examples`: `soft.targets`, `gold.targets` (`[examples, classes]`, rows that sum to 1) and
/// `soft.weights`, `gold.weights` (`[examples, 1]`,
/// 0 where there is no such label, divided by the batch's total). The KL term is scaled by T² so that its gradients
/// keep their size; the teacher's
/// entropy, a constant, is left out.
package struct DistillationObjective: Objective {
    package var temperature: Float
    package var usesSoftLabels: Bool
    package var usesGoldLabels: Bool

    package init(temperature: Float, usesSoftLabels: Bool, usesGoldLabels: Bool) {
        self.temperature = temperature
        self.usesSoftLabels = usesSoftLabels
        self.usesGoldLabels = usesGoldLabels
    }

    package func loss(of logits: Value, in graph: inout Graph) -> Value {
        graph.path = "objective"
        var terms: [Value] = []
        if usesSoftLabels {
            let term = crossEntropy("soft", logits, temperature: temperature, in: &graph)
            terms.append(graph.apply(.scale(by: temperature * temperature), term))
        }
        if usesGoldLabels {
            terms.append(crossEntropy("gold", logits, temperature: 1, in: &graph))
        }
        let sum = terms.dropFirst().reduce(terms[0]) { graph.apply(.add, $0, $1) }
        return graph.apply(.sum, sum)
    }

    private func crossEntropy(_ kind: String, _ logits: Value, temperature: Float, in graph: inout Graph) -> Value {
        let targets = graph.input("\(kind).targets", rows: logits.shape.rows, columns: logits.shape.columns)
        let weights = graph.input("\(kind).weights", rows: logits.shape.rows, columns: 1)
        return graph.apply(.softCrossEntropy(temperature: temperature), logits, targets, weights)
    }
}
