/// How the weights are stored.
package struct QuantizeSection: RecipeSection {
    package enum Format: String, CaseIterable, Sendable { case int8, int4, float32 }
    package enum HeadFormat: String, CaseIterable, Sendable { case int8, float32 }
    package enum Clip: String, CaseIterable, Sendable {
        /// The scale with the least mean squared error.
        case mse
        /// The scale that reaches the largest value.
        case max
    }

    package let table: Format
    package let head: HeadFormat
    package let clip: Clip

    package init(_ keys: inout KeyReader) {
        table = keys.value("table", .choice(), default: .int8, "Format of the embedding table.")
        head = keys.value("head", .choice(), default: .int8, "Format of the layers after it.")
        clip = keys.value(
            "clip", .choice(), default: .mse,
            "mse: the scale of a row has the least mean squared error. max: it reaches the largest value.")
    }
}
