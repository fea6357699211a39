import ArgumentParser
import AttarHDF5
import Foundation

/// attar-bench curve
struct CurveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curve",
        abstract: "Writes start weights, batches, logits, gradients and ten losses for scripts/peers/compare.py.")

    @Option(help: "HDF5 file to write.")
    var output: String

    @Flag(help: "Students of a few numbers, as the stored copy of the tests has them.")
    var small = false

    func run() throws {
        let curves = [try TrainingCurve.encoder(small: small), try TrainingCurve.bag(small: small)]
        try HDF5File.create(at: URL(filePath: output)) { root throws(HDF5Error) in
            for curve in curves { try curve.write(to: root) }
        }
    }
}
