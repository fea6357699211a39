import ArgumentParser
import AttarPipeline

/// attar inspect
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a model file, a dataset, a checkpoint or the folder of a run holds.")

    @Argument(help: "model.attar, dataset.h5, checkpoint.h5 or runs/NAME.")
    var path: String

    func run() throws {
        for line in try Inspection(path: path).lines { Terminal.output(line) }
    }
}
