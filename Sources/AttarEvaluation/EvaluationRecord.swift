import AttarHDF5
import AttarStatistics
import Foundation

/// Every system's answers to the held-out rows, kept so that runs can be compared row by row. Holds no text.
package struct EvaluationRecord: Sendable {
    /// SHA-256 of the held-out file.
    package let heldOutHash: String
    package let labels: [String]
    let gold: [Int]
    let systems: [EvaluatedSystem]

    /// The system that the run ships.
    var subject: EvaluatedSystem? { systems.first { $0.role == .deployedFile } ?? systems.last { $0.role.isStudent } }

    package init(_ set: HeldOutSet, systems: [EvaluatedSystem], heldOutHash: String) {
        self.heldOutHash = heldOutHash
        labels = set.labels
        gold = set.gold
        self.systems = systems
    }

    private static let kind = "held-out answers"

    private struct Header: Codable {
        struct System: Codable {
            let name: String
            let role: SystemRole
            let sizeBytes: Int?
        }
        let heldOut: String
        let labels: [String]
        let systems: [System]
    }

    /// Writes an HDF5 file: `gold`, and a matrix rows × labels a system.
    package func write(to url: URL) throws {
        let header = Header(
            heldOut: heldOutHash, labels: labels,
            systems: systems.map { .init(name: $0.name, role: $0.role, sizeBytes: $0.sizeBytes) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let matrices = systems.indices.map { index in
            Tensor(
                name: "probabilities of system \(index + 1)", shape: [gold.count, labels.count],
                values: systems[index].probabilities)
        }
        try TensorFile.write(
            tensors: [Tensor(name: "gold", shape: [gold.count], values: gold.map(Float.init))] + matrices,
            attributes: ["kind": Self.kind, "header": String(decoding: try encoder.encode(header), as: UTF8.self)],
            to: url)
    }

    /// - Throws: `HDF5Error`, or ``EvaluationError`` where the file holds something else.
    package init(contentsOf url: URL, shownPath: String) throws {
        let contents = try TensorFile.read(url)
        guard contents.attributes["kind"] == Self.kind,
            let header = contents.attributes["header"].flatMap({
                try? JSONDecoder().decode(Header.self, from: Data($0.utf8))
            }),
            let gold = contents.tensors.first(where: { $0.name == "gold" })?.values,
            contents.tensors.count == header.systems.count + 1,
            contents.tensors.dropFirst().allSatisfy({ $0.shape == [gold.count, header.labels.count] }),
            gold.allSatisfy({ $0 >= 0 && Int($0) < header.labels.count })
        else { throw EvaluationError.unreadableAnswers(path: shownPath) }
        heldOutHash = header.heldOut
        labels = header.labels
        self.gold = gold.map { Int($0) }
        systems = zip(header.systems, contents.tensors.dropFirst()).map { system, tensor in
            EvaluatedSystem(
                name: system.name, role: system.role, probabilities: tensor.values, sizeBytes: system.sizeBytes)
        }
    }

    /// The system that a run ships, under the run's name, to be compared with others on the same rows; nil where the rows
    /// or labels are others.
    package func earlierRun(named name: String, on set: HeldOutSet, heldOutHash: String) -> EvaluatedSystem? {
        guard self.heldOutHash == heldOutHash, labels == set.labels, gold == set.gold, var subject else { return nil }
        subject.name = name
        subject.role = .other
        return subject
    }
}
