import AttarTeacher
import AttarTestSupport
import Foundation

/// Long trials of the teacher's client and ledger; `scripts/soak` runs them.
@main
struct Soak {
    static func main() async {
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            print("soak: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        let count = arguments.count > 1 ? Int(arguments[1]) ?? 0 : 0
        switch arguments.first {
        case "kill" where count > 0: try await BrokenRuns(way: .kill).run(count)
        case "power" where count > 0 && arguments.count > 2:
            try await BrokenRuns(way: .powerLoss(interposer: arguments[2])).run(count)
        case "faults" where count > 0: try await FaultMix().run(count)
        case "throughput" where count > 0: try await Throughput().run(count)
        case "victim" where arguments.count == 3:
            try await Victim.run(endpoint: arguments[1], ledger: arguments[2])
        case "null-endpoint": try await NullEndpoint.run()
        default: throw SoakError.usage
        }
    }
}

enum SoakError: Error, CustomStringConvertible {
    case usage
    case failed(String)

    var description: String {
        switch self {
        case .usage: "expected kill COUNT, power COUNT INTERPOSER, faults COUNT or throughput COUNT"
        case .failed(let what): what
        }
    }
}

func check(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw SoakError.failed(what()) }
}

/// The task that all trials label by.
let task = LabelTask(
    labels: [TeacherLabel(name: "positive"), TeacherLabel(name: "negative")],
    examples: [LabelledExample(text: "Does what it should.", label: "positive")])

func request(_ index: Int) -> CompletionRequest {
    CompletionRequest(
        model: "test-model", prompt: .completion("Text: number \(index) about a kettle.\nLabel:"), maxTokens: 1,
        temperature: 0, topLogprobs: 20)
}

/// A folder that is deleted at the end.
final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("attar-soak-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
