import AttarGraph
import AttarRuntime

/// Hashed n-grams, an embedding bag, an optional hidden layer, a linear head (after Joulin et al. 2016).
///
/// Inputs: `ids` and `weights` on the axis `features` of `examples`; in training also `keys`, one number an example
/// that keys its random draws.
package struct BagStudent: Student {
    package var buckets: Int
    package var width: Int
    /// Units of the hidden layer; 0 for none.
    package var hidden: Int
    package var classes: Int
    /// Share of features left out in training.
    package var featureDropout: Float
    /// Share of the bag's columns left out in training.
    package var dropout: Float

    package static let examples = BatchAxis("examples")
    package static let features = BatchAxis("features", of: "examples")

    package init(buckets: Int, width: Int, hidden: Int, classes: Int, featureDropout: Float, dropout: Float) {
        self.buckets = buckets
        self.width = width
        self.hidden = hidden
        self.classes = classes
        self.featureDropout = featureDropout
        self.dropout = dropout
    }

    package var parameters: [ParameterDeclaration] {
        var all = [
            ParameterDeclaration(
                "table", rows: buckets, columns: width, initializer: .uniform(bound: 0.05), decays: true)
        ]
        if let hiddenLayer { all += hiddenLayer.parameters }
        all += head.parameters
        return all
    }

    package func logits(in graph: inout Graph, training: Bool) -> Value {
        graph.path = "student.bag"
        let table = graph.parameter("table", rows: buckets, columns: width)
        let ids = graph.input("ids", rows: .batch(Self.features), columns: 1, type: .uint32)
        var weights = graph.input("weights", rows: .batch(Self.features), columns: 1)
        let keys = training ? graph.input("keys", rows: .batch(Self.examples), columns: 1, type: .uint32) : nil
        if let keys, featureDropout > 0 {
            weights = graph.apply(.dropout(rate: featureDropout, salt: 1), weights, keys)
        }
        var x = graph.apply(.embeddingBag, table, ids, weights)
        if let keys, dropout > 0 { x = graph.apply(.dropout(rate: dropout, salt: 2), x, keys) }
        if let hiddenLayer {
            x = graph.apply(.relu, hiddenLayer(x, in: &graph))
            if let keys, dropout > 0 { x = graph.apply(.dropout(rate: dropout, salt: 3), x, keys) }
        }
        return head(x, in: &graph)
    }

    private var hiddenLayer: LinearLayer? {
        hidden > 0 ? LinearLayer("hidden", inner: width, outputs: hidden, gain: 2) : nil
    }

    private var head: LinearLayer { LinearLayer("head", inner: hidden > 0 ? hidden : width, outputs: classes) }
}
