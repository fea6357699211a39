import AttarGraph
import AttarRuntime

/// A complete classifier of a few hundred bytes with random weights.
package struct SmallModel {
    package var program: Program
    package var parameters: [[UInt8]]
    package var featurizer: NGramFeaturizer
    /// In place of the n-grams, in a model that reads tokens.
    package var tokens: TokenFeaturizer?
    package var labels: [String]
    package var metadata: String
    package var decision: Decision?

    /// - Parameters:
    ///   - table, linear: how the weights are stored.
    ///   - hidden: units of a hidden layer, 0 for none.
    ///   - heads: of an encoder layer beside the bag, 0 for none.
    ///   - known: whether only known n-grams are features.
    ///   - readsTokens: whether it has tokens without weights in place of n-grams, and no bag.
    package init(
        table: ElementType = .int8Rows, linear: ElementType = .int8Panels, width: Int = 5, hidden: Int = 0,
        heads: Int = 0, known: Bool = false, readsTokens: Bool = false,
        labels: [String] = ["no", "perhaps", "yes"], seed: UInt64 = 1
    ) throws {
        featurizer = NGramFeaturizer(
            buckets: 23, wordLength: 2, shortestCharacters: 2, longestCharacters: 3, maximumBytes: 64)
        // 23 known buckets of 128: as many rows as without.
        let words: [UInt64] = [0x0000_1234_8000_FF01, 0x8000_0000_0011_A803]
        if known { featurizer = featurizer.keeping(KnownBuckets(words: words)) }
        self.labels = labels
        metadata = #"{"name":"small"}"#
        var builder = SampleBuilder(rows: 1, seed: seed)
        if readsTokens { tokens = TokenFeaturizer(vocabulary: featurizer.rows, maximumTokens: 9, maximumBytes: 64) }
        let features = Extent.batch(BatchAxis(readsTokens ? "tokens" : "features", of: "examples"))
        let rows = builder.parameter("table", rows: featurizer.rows, columns: width, type: table)
        let ids = builder.graph.input("ids", rows: features, columns: 1, type: .uint32)
        var bag: Value?
        if !readsTokens {
            let weights = builder.graph.input("weights", rows: features, columns: 1)
            bag = builder.graph.apply(.embeddingBag, rows, ids, weights)
        }
        var x = bag ?? builder.graph.apply(.meanPool, builder.graph.apply(.embedding, rows, ids))
        if heads > 0 {
            // Every operation of an encoder, in a model that a classifier can fill.
            let positions = builder.parameter("positions", rows: 7, columns: width)
            let embedded = builder.graph.apply(.embedding, rows, ids)
            let placed = builder.graph.apply(.addPositions, embedded, positions)
            let gain = builder.parameter("norm.gain", rows: 1, columns: width)
            let bias = builder.parameter("norm.bias", rows: 1, columns: width)
            let normed = builder.graph.apply(.layerNorm(epsilon: 1e-5), placed, gain, bias)
            let projected = builder.linear("qkv", normed, outputs: 3 * width, type: linear)
            let attended = builder.graph.apply(.segmentAttention(heads: heads), projected)
            let output = builder.linear("output", attended, outputs: width, type: linear)
            let added = builder.graph.apply(.add, placed, output)
            let (mean, first) = (builder.graph.apply(.meanPool, added), builder.graph.apply(.firstPool, added))
            let pooled = builder.graph.apply(.add, mean, first)
            x = builder.graph.apply(.gelu, builder.graph.apply(.add, x, pooled))
        }
        if hidden > 0 { x = builder.graph.apply(.relu, builder.linear("hidden", x, outputs: hidden, type: linear)) }
        let logits = builder.linear("head", x, outputs: labels.count, type: linear)
        builder.graph.output("probabilities", builder.graph.apply(.softmax(temperature: 1.5), logits))
        let lowered = try builder.graph.lowered()
        program = lowered
        let leaves = builder.leaves
        parameters = lowered.parameters.map { index in
            let buffer = lowered.buffers[index]
            return leaves[buffer.name]?.bytes(as: buffer.type) ?? []
        }
    }

    /// The file that holds it, without a certificate.
    package var bytes: [UInt8] { withWriter { $0.bytes() } }

    /// The file that holds it, with what these kernels make of it.
    package func certifiedBytes(kernels: Kernels) throws -> [UInt8] {
        try withWriter { try $0.certifiedBytes(kernels: kernels) }
    }

    private func withWriter<Result>(_ body: (ModelFileWriter) throws -> Result) rethrows -> Result {
        let memory = parameters.map(FileMemory.init)
        return try withExtendedLifetime(memory) {
            try body(
                ModelFileWriter(
                    program: program, parameters: memory.map(\.bytes),
                    featurizer: tokens.map(Featurizer.tokens) ?? .nGrams(featurizer), labels: labels,
                    metadata: metadata, decision: decision))
        }
    }
}

extension SampleBuilder {
    /// A linear layer with random weights.
    mutating func linear(_ name: String, _ x: Value, outputs: Int, type: ElementType) -> Value {
        let weights = parameter("\(name).weight", rows: outputs, columns: x.shape.columns, type: type)
        let bias = parameter("\(name).bias", rows: 1, columns: outputs)
        return graph.apply(.linear, x, weights, bias)
    }
}
