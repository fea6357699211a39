import AttarRuntime
import AttarTestSupport
import CAttarTrainingKernels
import Foundation
import Testing

@Suite("The kernels' exponential")
struct ExponentialTests {
    /// softmax([0, x]) for x ≤ 0 is [1, e^x] / (1 + e^x): the quotient of both shows e^x.
    @Test("keeps its documented accuracy over its range", arguments: Kernels.availableNames)
    func accuracy(name: String) throws {
        let kernel = try Kernels(named: name).kernel(for: .softmax)
        let steps = 200_000
        var input: [Float] = []
        for step in 0...steps { input += [0, Float(Rounding.smallestExponent * Double(step) / Double(steps))] }
        var output = [Float](repeating: .nan, count: input.count)
        try softmax(kernel, &input, &output)
        var worst = 0.0
        for row in stride(from: 0, to: input.count, by: 2) {
            let expected = exp(Double(input[row + 1]))
            let found = Double(output[row + 1]) / Double(output[row])
            // Both elements of the quotient were rounded once in the division by the total.
            let allowed = Rounding.exponential + (expected > 0x1p-30 ? Rounding.unit : 0)
            worst = max(worst, (found - expected).magnitude / expected / allowed)
        }
        #expect(worst <= 1)
    }

    @Test("never leaves the normal numbers", arguments: Kernels.availableNames)
    func range(name: String) throws {
        let kernel = try Kernels(named: name).kernel(for: .softmax)
        var input: [Float] = [0, -1000, 0, -.greatestFiniteMagnitude, 0, -.infinity, .greatestFiniteMagnitude, 0]
        var output = [Float](repeating: .nan, count: input.count)
        try softmax(kernel, &input, &output)
        for row in stride(from: 0, to: output.count, by: 2) {
            #expect(output[row] == 1)
            #expect(output[row + 1].isNormal && output[row + 1] < 2e-38)
        }
    }

    private func softmax(_ kernel: attar_kernel, _ input: inout [Float], _ output: inout [Float]) throws {
        let rows = Int64(input.count / 2)
        input.withUnsafeMutableBytes { input in
            output.withUnsafeMutableBytes { output in
                var call = attar_call()
                call.scalar.0 = 1
                call.operand.0 = attar_operand(data: output.baseAddress, rows: rows, columns: 2)
                call.operand.1 = attar_operand(data: input.baseAddress, rows: rows, columns: 2)
                kernel(&call)
            }
        }
    }
}
