import AttarGraph
import AttarRuntime
import Foundation

/// Runs a forward graph over many examples on all cores: what validation, calibration and evaluation use before there
/// is a file.
///
/// Memory is taken when a set with longer examples than all before comes in; after that a run allocates nothing. The
/// result for an example does not depend on its neighbours. For one caller at a time.
package final class Inference {
    private let program: Program
    private let axes: ExampleAxes
    private let output: Int
    private let parameters: ParameterStore
    private let kernels: Kernels
    private let pool: WorkerPool
    private let rowsAtOnce: Int
    private var longest = -1
    private var workers: [InferenceWorker] = []
    private let work = InferenceWork()

    /// Elements of one pass, except where a single example has more.
    private static let elementsAtOnce = 4096

    /// - Parameters:
    ///   - graph: has the output `output`, `[examples, columns]`.
    ///   - parameters: read at each run, so that they may change between runs.
    ///   - rowsAtOnce: most examples of one pass; decides speed and memory only.
    ///   - pool: threads to share; nil for own ones.
    package init(
        _ graph: Graph, output name: String, parameters: ParameterStore, kernels: Kernels, rowsAtOnce: Int = 64,
        pool: WorkerPool? = nil
    ) throws {
        program = try graph.lowered()
        axes = try ExampleAxes(program)
        guard let buffer = program.buffer(named: name) else { throw RuntimeError.unknownBuffer(name: name) }
        precondition(rowsAtOnce > 0)
        output = buffer
        self.parameters = parameters
        self.kernels = kernels
        self.rowsAtOnce = rowsAtOnce
        self.pool = pool ?? WorkerPool(threads: ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Columns of the output.
    package var columns: Int { program.buffers[output].columns }

    /// The output for every example, row-major.
    package func run(_ features: PackedFeatures) throws -> [Float] {
        var failure: (any Error)?
        let count = features.count * columns
        let result = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.initialize(repeating: 0)
            do { try run(features, into: buffer) } catch { failure = error }
            initialized = count
        }
        if let failure { throw failure }
        return result
    }

    /// Writes the output for every example, `[examples, columns]`, without allocating once it is warm.
    package func run(_ features: PackedFeatures, into result: UnsafeMutableBufferPointer<Float>) throws(RuntimeError) {
        precondition(result.count == features.count * columns)
        guard features.count > 0 else { return }
        try prepare(longest: features.longest)
        work.inputs = (features, result, rowsAtOnce)
        pool.run(work, parts: (features.count + rowsAtOnce - 1) / rowsAtOnce)
        work.inputs = nil
        for worker in workers {
            if let failure = worker.takeFailure() { throw failure }
        }
    }

    /// Opens executors that the longest example fits into.
    private func prepare(longest wanted: Int) throws(RuntimeError) {
        guard wanted > longest else { return }
        let elements = max(wanted, min(wanted * rowsAtOnce, Self.elementsAtOnce))
        let capacities = axes.counts(of: program, examples: rowsAtOnce, elements: elements)
        // The old ones go first: memory is taken once.
        work.workers = []
        workers = []
        for _ in 0..<pool.threads {
            workers.append(
                try InferenceWorker(
                    Executor(
                        program, capacities: capacities, parameters: parameters.pointers(for: program),
                        kernels: kernels),
                    output: output, elements: elements))
        }
        work.workers = workers
        longest = wanted
    }
}

/// One part is `rowsAtOnce` examples.
private final class InferenceWork: PooledWork {
    var workers: [InferenceWorker] = []
    var inputs: (features: PackedFeatures, result: UnsafeMutableBufferPointer<Float>, rowsAtOnce: Int)?

    func run(part: Int, worker: Int) {
        guard let (features, result, rowsAtOnce) = inputs else { return }
        let start = part * rowsAtOnce
        workers[worker].run(features, start..<min(start + rowsAtOnce, features.count), into: result)
    }
}

/// One thread's executor.
private final class InferenceWorker {
    private var executor: Executor
    private let inputs: ExampleInputs
    private let output: UnsafeMutablePointer<Float>
    private let columns: Int
    private let elements: Int
    private var failure: RuntimeError?

    init(_ executor: consuming Executor, output: Int, elements: Int) throws(RuntimeError) {
        inputs = try ExampleInputs(executor)
        self.output = executor.pointer(to: output)
        columns = executor.program.buffers[output].columns
        self.elements = elements
        self.executor = executor
    }

    /// Takes the examples in as few passes as the capacity allows.
    func run(_ features: PackedFeatures, _ range: Range<Int>, into result: UnsafeMutableBufferPointer<Float>) {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start + 1
            while end < range.upperBound, features.offsets[end + 1] - features.offsets[start] <= elements { end += 1 }
            do throws(RuntimeError) {
                let (count, examples) = (try inputs.fill(features, with: start..<end), end - start)
                try executor.run { $0 == inputs.axes.examples ? examples : count }
            } catch {
                failure = failure ?? error
                return
            }
            result.baseAddress?.advanced(by: start * columns).update(from: output, count: (end - start) * columns)
            start = end
        }
    }

    func takeFailure() -> RuntimeError? {
        defer { failure = nil }
        return failure
    }
}
