import AttarGraph
import AttarRuntime

/// A linear layer by name: parameters `name.weight` [outputs, inner] and `name.bias`.
struct LinearLayer {
    let name: String
    let inner: Int
    let outputs: Int
    /// Variance of the start weights times `inner`: 1 keeps the size of values, 2 makes up for a rectifier
    /// (He et al. 2015).
    let gain: Float

    init(_ name: String, inner: Int, outputs: Int, gain: Float = 1) {
        self.name = name
        self.inner = inner
        self.outputs = outputs
        self.gain = gain
    }

    var parameters: [ParameterDeclaration] {
        [
            ParameterDeclaration(
                "\(name).weight", rows: outputs, columns: inner, type: .float32Panels,
                initializer: .uniform(bound: (3 * gain / Float(inner)).squareRoot()), decays: true),
            ParameterDeclaration("\(name).bias", rows: 1, columns: outputs, initializer: .zeros, decays: false),
        ]
    }

    func callAsFunction(_ x: Value, in graph: inout Graph) -> Value {
        graph.inside(name) { graph in
            let weight = graph.parameter("\(name).weight", rows: outputs, columns: inner, type: .float32Panels)
            let bias = graph.parameter("\(name).bias", rows: 1, columns: outputs)
            return graph.apply(.linear, x, weight, bias)
        }
    }
}

/// Layer normalisation by name: parameters `name.gain` and `name.bias`.
struct NormLayer {
    let name: String
    let width: Int
    /// As in PyTorch's LayerNorm.
    static let epsilon: Float = 1e-5

    init(_ name: String, width: Int) {
        self.name = name
        self.width = width
    }

    var parameters: [ParameterDeclaration] {
        [
            ParameterDeclaration("\(name).gain", rows: 1, columns: width, initializer: .ones, decays: false),
            ParameterDeclaration("\(name).bias", rows: 1, columns: width, initializer: .zeros, decays: false),
        ]
    }

    func callAsFunction(_ x: Value, in graph: inout Graph) -> Value {
        graph.inside(name) { graph in
            let gain = graph.parameter("\(name).gain", rows: 1, columns: width)
            let bias = graph.parameter("\(name).bias", rows: 1, columns: width)
            return graph.apply(.layerNorm(epsilon: Self.epsilon), x, gain, bias)
        }
    }
}

extension Graph {
    /// Builds a layer; its name joins the path that error messages show.
    mutating func inside(_ layer: String, _ build: (inout Graph) -> Value) -> Value {
        let outer = path
        path += ".\(layer)"
        defer { path = outer }
        return build(&self)
    }
}
