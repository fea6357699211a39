import AttarRuntime
import AttarTestSupport
import Foundation

/// SmallModels FOLDER: writes models with random weights and certificates, for tests on other machines.
@main
struct SmallModels {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else { fatalError("usage: SmallModels FOLDER") }
        let models: [(String, SmallModel)] = [
            ("bag", try SmallModel(width: 33, hidden: 17, known: true)),
            ("bag4", try SmallModel(table: .int4Rows, width: 48)),
            ("float", try SmallModel(table: .float32, linear: .float32Panels, width: 33, hidden: 17)),
            ("encoder", try SmallModel(width: 32, hidden: 40, heads: 4, readsTokens: true)),
        ]
        for (name, model) in models {
            let file = URL(filePath: CommandLine.arguments[1]).appending(path: "\(name).attar")
            try Data(model.certifiedBytes(kernels: Kernels())).write(to: file)
        }
    }
}
