import AttarRuntime
import AttarTraining
import CAttarKernels
import CAttarPeak

/// One thread's matrices of a linear layer and its backward pass.
struct ProductOperands {
    private let x, weight, bias, y, gradientOfX, gradientOfWeight, scratch: RandomMatrix

    init(rows: Int, outputs: Int, inner: Int) {
        func padded(_ count: Int) -> Int { (count + panelOutputs - 1) / panelOutputs * panelOutputs }
        var random = RandomNumbers(seed: 1)
        x = RandomMatrix(rows: rows, columns: inner, random: &random)
        weight = RandomMatrix(rows: outputs, columns: inner, paddedRows: padded(outputs), random: &random)
        bias = RandomMatrix(rows: 1, columns: outputs, random: &random)
        y = RandomMatrix(rows: rows, columns: outputs, random: &random)
        gradientOfX = RandomMatrix(rows: rows, columns: inner, random: &random)
        gradientOfWeight = RandomMatrix(rows: outputs, columns: inner, paddedRows: padded(outputs), random: &random)
        scratch = RandomMatrix(rows: inner, columns: outputs, paddedRows: padded(inner), random: &random)
    }

    var forward: attar_call { Self.call(y, x, weight, bias) }
    var inputGradient: attar_call { Self.call(gradientOfX, y, weight, scratch) }
    var weightGradient: attar_call { Self.call(gradientOfWeight, x, y) }

    private static func call(_ operands: RandomMatrix...) -> attar_call {
        var call = attar_call()
        withUnsafeMutableBytes(of: &call.operand) { bytes in
            let slots = bytes.bindMemory(to: attar_operand.self)
            for (slot, matrix) in operands.enumerated() {
                slots[slot] = attar_operand(
                    data: matrix.memory, rows: Int64(matrix.rows), columns: Int64(matrix.columns))
            }
        }
        return call
    }
}

/// The same kernel on each thread's operands.
final class KernelWork: PooledWork {
    private let kernel: attar_kernel
    private let calls: [attar_call]

    init(_ kernel: @escaping attar_kernel, _ calls: [attar_call]) {
        self.kernel = kernel
        self.calls = calls
    }

    func run(part: Int, worker: Int) { withUnsafePointer(to: calls[part]) { kernel($0) } }
}

/// Fused multiply-adds on registers, on every thread.
final class PeakWork: PooledWork {
    private static let rounds: Int64 = 1_000_000

    private let operands: [Float]
    private let results: UnsafeMutableBufferPointer<(operations: Double, sum: Float)>

    init(threads: Int) {
        var random = RandomNumbers(seed: 2)
        operands = (0..<Int(ATTAR_PEAK_OPERANDS)).map { _ in random.float() }
        results = .allocate(capacity: threads)
        results.initialize(repeating: (0, 0))
    }

    deinit { results.deallocate() }

    /// Of all threads in the last run.
    var operations: Double { results.reduce(0) { $0 + $1.operations } }

    func run(part: Int, worker: Int) {
        results[part].operations = attar_peak_run(Self.rounds, operands, &results[part].sum)
    }
}
