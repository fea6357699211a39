import AttarHDF5
import AttarTeacher
import Foundation

/// What the endpoints of a run were found to do: `teacher-probe.json`.
package struct ProbeFile {
    package static let name = "teacher-probe.json"
    private let url: URL

    package init(_ directory: RunDirectory) {
        url = directory.file(Self.name)
    }

    /// Nil where the endpoint has not been probed.
    package func probe(of endpoint: URL, model: String) -> TeacherProbe? {
        all.first { $0.endpoint == TeacherProbe.shown(endpoint) && $0.model == model }
    }

    /// What the file knows of the teacher's endpoint, else what a probe finds. Nil offline.
    package func probe(_ teacher: Teacher, form: PromptForm) async throws -> TeacherProbe? {
        let configuration = teacher.configuration
        let known = probe(of: configuration.endpoint, model: configuration.model)
        if let known, known[form] != nil { return known }
        guard let found = try await teacher.probe(forms: [form], measuresSpeed: false) else { return nil }
        try save(found)
        return found
    }

    /// What the file knows of the vectors that the endpoint makes, else what a call finds.
    package func probeEmbeddings(_ teacher: Teacher) async throws {
        let configuration = teacher.configuration
        var known =
            probe(of: configuration.endpoint, model: configuration.model)
            ?? TeacherProbe(endpoint: TeacherProbe.shown(configuration.endpoint), model: configuration.model)
        guard known.embeddingWidth == nil, let found = try await teacher.probe(forms: []) else { return }
        known.embeddingWidth = found.embeddingWidth
        try save(known)
    }

    package func save(_ probe: TeacherProbe) throws {
        let others = all.filter { $0.endpoint != probe.endpoint || $0.model != probe.model }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AtomicFile.write(try encoder.encode(others + [probe]), to: url)
    }

    /// A file that cannot be read is as good as none: probing again is cheap.
    private var all: [TeacherProbe] {
        (try? JSONDecoder().decode([TeacherProbe].self, from: Data(contentsOf: url))) ?? []
    }
}
