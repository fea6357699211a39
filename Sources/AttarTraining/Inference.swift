import AttarGraph
import AttarRuntime
import AttarStudents
import Foundation

/// Runs a forward graph over many examples on all cores: what validation, calibration and evaluation use before there
/// is a file.
package struct Inference: Sendable {
    private let program: Program
    private let parameters: ParameterStore
    private let kernels: Kernels
    private let output: Int

    /// - Parameters:
    ///   - graph: has the output `output`, `[examples, columns]`.
    package init(_ graph: Graph, output name: String, parameters: ParameterStore, kernels: Kernels) throws {
        program = try graph.lowered()
        guard let buffer = program.buffer(named: name) else { throw RuntimeError.unknownBuffer(name: name) }
        output = buffer
        self.parameters = parameters
        self.kernels = kernels
    }

    /// The output for every example, row-major.
    package func run(_ features: PackedFeatures) throws -> [Float] {
        guard features.count > 0 else { return [] }
        let rows = 64
        let parts = ParallelMap.chunks(of: features.count, size: 1024) { range in
            Result { try self.run(features, range, rowsAtOnce: rows) }
        }
        return try parts.flatMap { try $0.get() }
    }

    private func run(_ features: PackedFeatures, _ range: Range<Int>, rowsAtOnce: Int) throws -> [Float] {
        let isExamples = program.axes.map { $0.name == BagStudent.examples.name }
        var executor = try Executor(
            program, capacities: isExamples.map { $0 ? rowsAtOnce : rowsAtOnce * features.longest },
            parameters: parameters.pointers(for: program), kernels: kernels)
        guard let ids = program.buffer(named: "ids"), let weights = program.buffer(named: "weights"),
            let offsets = program.buffer(named: "features.offsets")
        else { throw RuntimeError.unknownBuffer(name: "ids") }
        var result: [Float] = []
        let columns = program.buffers[output].columns
        result.reserveCapacity(range.count * columns)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: rowsAtOnce) {
            let count = min(rowsAtOnce, range.upperBound - start)
            let base = features.offsets[start]
            let used = base..<features.offsets[start + count]
            for slot in 0...count {
                executor.pointer(to: offsets, as: UInt32.self)[slot] = UInt32(features.offsets[start + slot] - base)
            }
            for (index, feature) in used.enumerated() {
                executor.pointer(to: ids, as: UInt32.self)[index] = features.ids[feature]
                executor.pointer(to: weights, as: Float.self)[index] = features.weights[feature]
            }
            try executor.run { isExamples[$0] ? count : used.count }
            result += UnsafeBufferPointer(start: executor.pointer(to: output, as: Float.self), count: count * columns)
        }
        return result
    }
}
