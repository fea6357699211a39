import ArgumentParser
import AttarPipeline
import Foundation

/// attar export
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes the model of a finished run, as it is or in another stored format.",
        discussion: "Another format is calibrated anew, on the same calibration rows. The run itself is not changed.")

    @Argument(help: ArgumentHelp("The folder of a run, such as runs/review-sentiment.", valueName: "run"))
    var runFolder: String

    @Option(name: .shortAndLong, help: "Where to write the model file.")
    var output: String

    @Option(help: "Format of the embedding table. Default: as in the run.")
    var table: QuantizeSection.Format?

    @Option(help: "Format of the layers after it. Default: as in the run.")
    var head: QuantizeSection.HeadFormat?

    func validate() throws {
        let target = URL(filePath: output).standardizedFileURL.resolvingSymlinksInPath()
        let run = URL(filePath: runFolder, directoryHint: .isDirectory).standardizedFileURL.resolvingSymlinksInPath()
        guard target.pathExtension == "attar" else {
            throw ValidationError("--output “\(output)” should end in .attar: it is where the model file is written")
        }
        guard !target.path.hasPrefix(run.path + "/") else {
            throw ValidationError("--output “\(output)” lies in the run, which is not changed: choose another place")
        }
    }

    func run() throws {
        let directory = RunDirectory(URL(filePath: runFolder, directoryHint: .isDirectory), shownPath: runFolder)
        let bytes = try ModelExport(directory).write(to: URL(filePath: output), table: table, head: head)
        Terminal.output("\(output): \(bytes) bytes")
    }
}

extension QuantizeSection.Format: ExpressibleByArgument {}
extension QuantizeSection.HeadFormat: ExpressibleByArgument {}
