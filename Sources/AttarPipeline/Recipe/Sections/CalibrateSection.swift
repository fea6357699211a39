/// How scores become probabilities.
package struct CalibrateSection: RecipeSection {
    package enum Method: String, CaseIterable, Sendable {
        case temperature, vector, isotonic, none
        case automatic = "auto"
    }

    package let method: Method
    package let abstainBelow: Double?

    package init(_ keys: inout KeyReader) {
        method = keys.value(
            "method", .choice(), default: .temperature,
            "How confidence is made to match accuracy on the calibration rows. temperature: by one number; vector: by a scale and an offset for each label; isotonic: by an increasing curve; auto: by whichever of these does best on rows that it was not fitted on."
        )
        abstainBelow = keys.addition(
            "abstain-below", .number(0...1),
            "The model file answers nothing where its likeliest label has less than this probability; it always answers where nothing is said."
        )
    }
}
