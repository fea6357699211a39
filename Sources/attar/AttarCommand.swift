import ArgumentParser
import AttarPipeline
import Foundation

/// The command line.
@main
struct AttarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attar",
        abstract: "Distils a large language model behind an HTTP endpoint into a small classifier in one file.",
        discussion: """
            Exit codes: 0 done; 1 the work failed (endpoint, disk); 2 arguments, recipe or files are wrong; 3 strong drift; \
            4 paused at a limit of the teacher; 130 stopped by Ctrl-C.
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, PredictCommand.self, EvaluateCommand.self, CompareCommand.self, DriftCommand.self,
            PlanCommand.self, TeacherCommand.self, LedgerCommand.self, ExportCommand.self, VerifyCommand.self,
            BenchCommand.self, DatasetCommand.self, SuggestCommand.self, InspectCommand.self, RecipeCommand.self,
        ])

    static func main() async {
        do {
            let command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
        } catch {
            Foundation.exit(report(error))
        }
    }

    /// Tells an error in its one place, and gives the exit code.
    private static func report(_ error: any Error) -> Int32 {
        let isOfArgumentParser = exitCode(for: error) != .failure || error is ExitCode || error is ValidationError
        guard !isOfArgumentParser else {
            let text = fullMessage(for: error)
            guard exitCode(for: error) != .success else {
                Terminal.output(text)
                return 0
            }
            if !text.isEmpty { Terminal.note(text) }
            return (error as? ExitCode)?.rawValue ?? ExitStatus.input
        }
        let failure = Failure(error)
        switch failure.kind {
        case .input:
            Terminal.note("attar: \(failure.message)")
            return ExitStatus.input
        case .work:
            Terminal.note("attar: \(failure.message)")
            return ExitStatus.work
        case .paused:
            Terminal.note("attar: \(failure.message)")
            return ExitStatus.paused
        case .interrupted:
            Terminal.note("attar: \(failure.message). What is finished is kept: the same command goes on from here.")
            return ExitStatus.interrupted
        }
    }
}

enum ExitStatus {
    static let work: Int32 = 1
    static let input: Int32 = 2
    /// `attar drift`: the texts are of another kind.
    static let drift: Int32 = 3
    /// A limit that the recipe sets its teacher is reached: raised, the same command goes on.
    static let paused: Int32 = 4
    static let interrupted: Int32 = 130
}
