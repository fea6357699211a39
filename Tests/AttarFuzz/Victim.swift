import AttarGraph
import AttarRuntime

/// Opens what may be a model file and runs all that it asks for.
enum Victim {
    /// Whether the file was accepted.
    static func run(_ contents: UnsafeRawBufferPointer, kernels: Kernels) -> Bool {
        do throws(ModelFileError) {
            let file = try ModelFile(bytes: contents)
            for text in texts {
                do throws(RuntimeError) {
                    var trace = try ProgramTrace(file, textBytes: text.count, kernels: kernels)
                    try text.withUnsafeBufferPointer { text throws(RuntimeError) in
                        try trace.run(text) { _, _ in true }
                    }
                } catch { throw .unusable(error) }
            }
            _ = file.metadata
            // Without a certificate that would only hash the file, which takes longer than all the rest.
            if file.certificate != nil { _ = try file.verify(kernels: kernels) }
        } catch {
            guard "\(error)".utf8.count > 10 else { fatalError("no message for an error") }
            return false
        }
        return true
    }

    private static let texts: [[UInt8]] = [
        [], Array("pay my bill, would you? ÄÖÜ 東京 👍🏽".utf8), [UInt8](repeating: 0x61, count: 70) + [0xFF, 0x20, 0xC3],
    ]
}
