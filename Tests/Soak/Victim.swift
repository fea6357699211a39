import AttarTeacher
import Foundation

/// A run that is going to be broken off: it says on standard output, at once, which answers it was handed.
enum Victim {
    static let calls = 600

    static func run(endpoint: String, ledger: String) async throws {
        guard let url = URL(string: endpoint) else { throw SoakError.usage }
        let configuration = TeacherConfiguration(
            endpoint: url, model: "test-model", ledger: URL(fileURLWithPath: ledger), concurrency: 8)
        try await Teacher.use(configuration) { teacher in
            _ = try await teacher.results(
                of: calls, call: { TeacherCall(request: request($0), purpose: .training) },
                read: { index, answer in
                    let line = "\(index) \(answer.answer.firstTokens?.first?.token ?? "?")\n"
                    // One write a line, with no buffer in between that would die with the process.
                    _ = line.withCString { write(1, $0, strlen($0)) }
                })
        }
    }
}
