import AttarData
import AttarHDF5
import AttarRuntime
import AttarTraining
import Foundation

/// What a file or a run of this program is, in lines for a terminal.
package struct Inspection: Sendable {
    package let kind: Kind
    package let lines: [String]

    package enum Kind: String, Sendable { case run, model, dataset, checkpoint }

    /// Finds out by the content what `path` is. Throws the error of the reader that fits best.
    package init(path: String) throws {
        let url = URL(filePath: path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw FileError(.open, path, code: ENOENT)
        }
        if isFolder.boolValue {
            let directory = RunDirectory(url, shownPath: path)
            self.init(.run, try RunSummary(directory).lines)
            return
        }
        // A pipe would hold whoever opens it.
        guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
            throw FileError(.open, path, code: EINVAL)
        }
        let head = try FileHandle(forReadingFrom: url).read(upToCount: 8) ?? Data()
        if head.starts(with: ModelFile.magic.prefix(5)) {
            self.init(.model, Inspection.lines(of: try openModel(path)))
        } else if let contents = try? TensorFile.read(url) {
            self.init(.checkpoint, Inspection.lines(of: contents))
        } else if let lines = try? Checkpoint.summary(of: url) {
            self.init(.checkpoint, lines)
        } else {
            self.init(.dataset, "\(DatasetSummary(try DatasetFile.read(url)))".components(separatedBy: "\n"))
        }
    }

    private init(_ kind: Kind, _ lines: [String]) {
        self.kind = kind
        self.lines = lines
    }

    private static func lines(of model: ModelFile) -> [String] {
        let lines = [
            "model, \(model.bytes) bytes, format \(ModelFile.majorVersion).\(ModelFile.minorVersion)",
            "labels: \(model.labels.joined(separator: ", "))",
            line(of: model.featurizer),
            "metadata: \(model.metadata)",
            "program:",
        ]
        return lines + model.program.instructions.map { "  " + line(of: $0, in: model.program) }
    }

    private static func line(of featurizer: Featurizer) -> String {
        switch featurizer {
        case .nGrams(let nGrams):
            "features: \(nGrams.buckets) buckets, words up to \(nGrams.wordLength), characters "
                + "\(nGrams.shortestCharacters) to \(nGrams.longestCharacters), first \(nGrams.maximumBytes) bytes"
        case .tokens(let tokens):
            "tokens: first \(tokens.maximumTokens) of a text, first \(tokens.maximumBytes) bytes, hashed to "
                + "\(tokens.vocabulary) rows"
        }
    }

    /// "probabilities [examples × 2] = softmax(logits)"
    private static func line(of instruction: Program.Instruction, in program: Program) -> String {
        let names = instruction.operands.map { $0.map { program.buffers[$0].name } ?? "none" }
        let results = instruction.operands.prefix(instruction.outputs).compactMap { $0 }.map { index in
            let buffer = program.buffers[index]
            let axis = buffer.rows.axis.map { program.axes[$0].name }
            let rows = [axis, buffer.rows.fixed > 0 ? "\(buffer.rows.fixed)" : nil].compactMap { $0 }.joined(
                separator: " + ")
            return "\(buffer.name) [\(rows) × \(buffer.columns)]"
        }
        let operands = names.dropFirst(instruction.outputs).joined(separator: ", ")
        return "\(results.joined(separator: ", ")) = \(instruction.opcode)(\(operands))"
    }

    private static func lines(of contents: TensorFile.Contents) -> [String] {
        let count = contents.tensors.reduce(0) { $0 + $1.values.count }
        var lines = ["checkpoint, \(contents.tensors.count) tensors, \(count) numbers"]
        for tensor in contents.tensors {
            let shape = tensor.shape.map(String.init).joined(separator: "×")
            let low = tensor.values.min() ?? 0
            let high = tensor.values.max() ?? 0
            lines.append("  \(tensor.name)  \(shape)  from \(low) to \(high)")
        }
        for (name, value) in contents.attributes.sorted(by: { $0.key < $1.key }) { lines.append("\(name): \(value)") }
        return lines
    }
}
