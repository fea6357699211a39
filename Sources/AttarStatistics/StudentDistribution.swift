/// The value below which a share `probability` of Student's t distribution lies.
///
/// By t²/(ν + t²), which follows a beta distribution (Abramowitz and Stegun 1964, 26.7.1).
package func studentQuantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
    precondition((0...1).contains(probability) && degreesOfFreedom > 0, "a share in 0...1, degrees of freedom above 0")
    if probability < 0.5 { return -studentQuantile(1 - probability, degreesOfFreedom: degreesOfFreedom) }
    if probability == 0.5 { return 0 }
    if probability == 1 { return .infinity }
    let half = 0.5 * degreesOfFreedom
    let share = betaQuantile(2 * probability - 1, 0.5, half)
    if share < 0.5 { return (degreesOfFreedom * share / (1 - share)).squareRoot() }
    // Its complement, of which more digits are left then.
    let rest = betaQuantile(2 * (1 - probability), half, 0.5)
    return (degreesOfFreedom * (1 - rest) / rest).squareRoot()
}
