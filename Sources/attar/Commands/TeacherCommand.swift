import ArgumentParser

/// attar teacher
struct TeacherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teacher", abstract: "Tunes the way a recipe asks its teacher.",
        subcommands: [TeacherTuneCommand.self])
}
