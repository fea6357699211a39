import AttarGraph
import AttarRuntime

/// A transformer encoder over tokens (Vaswani et al. 2017): learned positions, norms before each part (Xiong et al.
/// 2020), GELU feed-forward, one vector a text by pooling, a linear head.
///
/// Input: `ids` on the axis `tokens` of `examples`; in training also `keys`, one number an example that keys its random
/// draws. A text has at most `longest` tokens: whoever fills the batch cuts it.
package struct EncoderStudent: Student {
    /// How a text's tokens become one vector.
    package enum Pooling: String, Sendable, CaseIterable {
        case mean
        case first
    }

    /// Rows of the token table.
    package var vocabulary: Int
    /// Most tokens of a text: rows of the position table.
    package var longest: Int
    package var width: Int
    package var layers: Int
    package var heads: Int
    /// Units of the feed-forward layers.
    package var feedForward: Int
    package var classes: Int
    package var pooling: Pooling
    /// Share of elements left out in training, after the embedding, attention, and both feed-forward layers.
    package var dropout: Float

    package static let tokens = BatchAxis("tokens", of: BagStudent.examples.name)

    package init(
        vocabulary: Int, longest: Int, width: Int, layers: Int, heads: Int, feedForward: Int, classes: Int,
        pooling: Pooling, dropout: Float
    ) {
        self.vocabulary = vocabulary
        self.longest = longest
        self.width = width
        self.layers = layers
        self.heads = heads
        self.feedForward = feedForward
        self.classes = classes
        self.pooling = pooling
        self.dropout = dropout
    }

    package var parameters: [ParameterDeclaration] {
        var all = [
            ParameterDeclaration(
                "tokens.table", rows: vocabulary, columns: width, initializer: .uniform(bound: 0.05), decays: true),
            ParameterDeclaration(
                "positions", rows: longest, columns: width, initializer: .uniform(bound: 0.05), decays: true),
        ]
        for index in 0..<max(layers, 0) {
            let layer = EncoderLayer(index, of: self)
            all += layer.attentionNorm.parameters + layer.queriesKeysValues.parameters
            all += layer.attentionOutput.parameters
            all += layer.feedForwardNorm.parameters + layer.up.parameters + layer.down.parameters
        }
        return all + norm.parameters + head.parameters
    }

    package func logits(in graph: inout Graph, training: Bool) -> Value {
        graph.path = "student.encoder"
        if layers < 0 { graph.refuse("the student", "cannot have fewer than 0 layers", "\(layers) layers") }
        let table = graph.parameter("tokens.table", rows: vocabulary, columns: width)
        let positions = graph.parameter("positions", rows: longest, columns: width)
        let ids = graph.input("ids", rows: .batch(Self.tokens), columns: 1, type: .uint32)
        var dropout = Dropout(rate: self.dropout)
        if training, self.dropout > 0 {
            dropout.keys = graph.input("keys", rows: .batch(BagStudent.examples), columns: 1, type: .uint32)
        }
        var x = graph.apply(.addPositions, graph.apply(.embedding, table, ids), positions)
        x = dropout(x, in: &graph)
        for index in 0..<max(layers, 0) { x = EncoderLayer(index, of: self)(x, &dropout, in: &graph) }
        let pooled = graph.apply(pooling == .mean ? .meanPool : .firstPool, norm(x, in: &graph))
        return head(pooled, in: &graph)
    }

    private var norm: NormLayer { NormLayer("norm", width: width) }
    private var head: LinearLayer { LinearLayer("head", inner: width, outputs: classes) }
}

/// x + attention(norm(x)), then x + feed-forward(norm(x)).
private struct EncoderLayer {
    let name: String
    let heads: Int
    let attentionNorm: NormLayer
    let queriesKeysValues: LinearLayer
    let attentionOutput: LinearLayer
    let feedForwardNorm: NormLayer
    let up: LinearLayer
    let down: LinearLayer

    init(_ index: Int, of student: EncoderStudent) {
        let name = "layer.\(index)"
        let (width, units) = (student.width, student.feedForward)
        // Each layer adds to the same sum twice: together they add a variance of about 1 (Radford et al. 2019).
        let share = 1 / Float(2 * student.layers)
        self.name = name
        heads = student.heads
        attentionNorm = NormLayer("\(name).attention.norm", width: width)
        // Wrapping: a width beyond all memory gives a refusal, not a trap.
        queriesKeysValues = LinearLayer("\(name).attention.qkv", inner: width, outputs: 3 &* width)
        attentionOutput = LinearLayer("\(name).attention.output", inner: width, outputs: width, gain: share)
        feedForwardNorm = NormLayer("\(name).feedforward.norm", width: width)
        up = LinearLayer("\(name).feedforward.up", inner: width, outputs: units, gain: 2)
        down = LinearLayer("\(name).feedforward.down", inner: units, outputs: width, gain: share)
    }

    func callAsFunction(_ x: Value, _ dropout: inout Dropout, in graph: inout Graph) -> Value {
        let projected = queriesKeysValues(attentionNorm(x, in: &graph), in: &graph)
        let attended = graph.inside("\(name).attention") { $0.apply(.segmentAttention(heads: heads), projected) }
        let read = dropout(attentionOutput(attended, in: &graph), in: &graph)
        let middle = graph.inside("\(name).attention") { $0.apply(.add, x, read) }
        let raised = up(feedForwardNorm(middle, in: &graph), in: &graph)
        let units = dropout(graph.inside("\(name).feedforward") { $0.apply(.gelu, raised) }, in: &graph)
        let lowered = dropout(down(units, in: &graph), in: &graph)
        return graph.inside("\(name).feedforward") { $0.apply(.add, middle, lowered) }
    }
}

/// Dropout with a salt of its own at each place; nothing where there are no keys.
private struct Dropout {
    let rate: Float
    var keys: Value?
    private var salt: UInt32 = 0

    init(rate: Float) { self.rate = rate }

    mutating func callAsFunction(_ x: Value, in graph: inout Graph) -> Value {
        guard let keys else { return x }
        salt += 1
        return graph.apply(.dropout(rate: rate, salt: salt), x, keys)
    }
}
