import ArgumentParser

/// attar teacher
struct TeacherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teacher", abstract: "Finds out about the teacher of a recipe, and how best to ask it.",
        subcommands: [TeacherProbeCommand.self, TeacherTuneCommand.self])
}
