import ArgumentParser
import AttarPipeline
import Foundation

/// attar export
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes the model of a finished run, as it is or in another stored format.",
        discussion: """
            Another format is calibrated anew, on the same calibration rows. The run itself is not changed.

            `--format safetensors` writes the weights alone, as float32, for other tools.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case attar, safetensors }

    @Argument(help: ArgumentHelp("The folder of a run, such as runs/review-sentiment.", valueName: "run"))
    var runFolder: String

    @Option(name: .shortAndLong, help: "Where to write the model file.")
    var output: String

    @Option(help: "attar: a model file. safetensors: its weights for other tools.")
    var format = Format.attar

    @Option(
        help: "Of safetensors: the weights as trained (float), or what the stored integers stand for (dequantized).")
    var weights: ModelExport.Weights?

    @Option(help: "Format of the embedding table. Default: as in the run.")
    var table: QuantizeSection.Format?

    @Option(help: "Format of the layers after it. Default: as in the run.")
    var head: QuantizeSection.HeadFormat?

    func validate() throws {
        let target = URL(filePath: output).standardizedFileURL.resolvingSymlinksInPath()
        let run = URL(filePath: runFolder, directoryHint: .isDirectory).standardizedFileURL.resolvingSymlinksInPath()
        guard target.pathExtension == format.rawValue else {
            throw ValidationError("--output “\(output)” should end in .\(format): it is where the file is written")
        }
        guard format == .attar || weights == .dequantized || table == nil && head == nil else {
            throw ValidationError(
                "--table and --head mean stored integers: add --weights dequantized, or leave them out")
        }
        guard weights == nil || format == .safetensors else {
            throw ValidationError("--weights is for --format safetensors; a model file has its stored weights")
        }
        guard !target.path.hasPrefix(run.path + "/") else {
            throw ValidationError("--output “\(output)” lies in the run, which is not changed: choose another place")
        }
    }

    func run() throws {
        let directory = RunDirectory(URL(filePath: runFolder, directoryHint: .isDirectory), shownPath: runFolder)
        let (export, url) = (try ModelExport(directory), URL(filePath: output))
        let bytes =
            switch format {
            case .attar: try export.write(to: url, table: table, head: head)
            case .safetensors: try export.writeWeights(weights ?? .float, to: url, table: table, head: head)
            }
        Terminal.output("\(output): \(bytes) bytes")
    }
}

extension QuantizeSection.Format: ExpressibleByArgument {}
extension QuantizeSection.HeadFormat: ExpressibleByArgument {}
extension ModelExport.Weights: ExpressibleByArgument {}
