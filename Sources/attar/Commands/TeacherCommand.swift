import ArgumentParser

/// attar teacher
struct TeacherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teacher", abstract: "Finds out about the teacher of a recipe.",
        subcommands: [TeacherProbeCommand.self])
}
