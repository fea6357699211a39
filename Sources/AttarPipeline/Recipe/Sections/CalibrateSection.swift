/// How scores become probabilities.
package struct CalibrateSection: RecipeSection {
    package enum Method: String, CaseIterable, Sendable { case temperature, none }

    package let method: Method

    package init(_ keys: inout KeyReader) {
        method = keys.value(
            "method", .choice(), default: .temperature,
            "temperature: one number, fitted on the calibration rows, that makes confidence match accuracy.")
    }
}
