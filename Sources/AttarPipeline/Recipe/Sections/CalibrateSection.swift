/// How scores become probabilities.
package struct CalibrateSection: RecipeSection {
    package enum Method: String, CaseIterable, Sendable { case temperature, none }

    package let method: Method
    package let abstainBelow: Double?

    package init(_ keys: inout KeyReader) {
        method = keys.value(
            "method", .choice(), default: .temperature,
            "temperature: one number, fitted on the calibration rows, that makes confidence match accuracy.")
        abstainBelow = keys.addition(
            "abstain-below", .number(0...1),
            "The model file answers nothing where its likeliest label has less than this probability; it always answers where nothing is said."
        )
    }
}
