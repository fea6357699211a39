/// The stages of a run, in the order in which data moves.
package enum StageName: String, CaseIterable, Sendable, Codable {
    case data, generate, label, dataset, train, quantize, calibrate, cascade, export, evaluate
}
