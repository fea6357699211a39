import ArgumentParser
import AttarPipeline
import AttarRuntime
import Foundation

/// attar verify
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks that a model file is whole, and that it computes here, bit for bit, what was evaluated.",
        discussion: """
            The file's SHA-256 is compared, then the certificate that the export has put into it: generated texts with a \
            hash of each instruction's result and the exact probabilities. Ends with 1 where anything differs.
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "Check these kernels only. Default: all that this processor runs.")
    var kernels: String?

    @Flag(help: "Print a JSON object for each instruction set.")
    var json = false

    func run() throws {
        let file = try openModel(model)
        let sha256 = try fileHash(of: URL(filePath: model)).sha256
        var failure: VerificationFailure?
        for name in kernels.map({ [$0] }) ?? Kernels.availableNames {
            let result = try file.verify(kernels: Kernels(named: name))
            let text = result.text(of: file)
            if json {
                let value: JSONValue = [
                    "model": .text(model), "sha256": .text(sha256), "kernels": .text(name),
                    "passed": .boolean(result.hasPassed), "result": .text(text),
                ]
                Terminal.output(value.compact)
            } else {
                Terminal.output("\(name): \(text)")
            }
            if !result.hasPassed { failure = failure ?? VerificationFailure(model: model, kernels: name, text: text) }
        }
        if !json { Terminal.output("sha256 of the file: \(sha256)") }
        if let failure { throw failure }
    }
}
