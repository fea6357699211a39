import AttarRuntime
import AttarTestSupport
import CAttarTrainingKernels
import Foundation
import Testing

@Suite("The kernels' normal distribution")
struct NormalDistributionTests {
    /// gelu(x) / x is the distribution function.
    @Test("keeps its documented accuracy", arguments: Kernels.availableNames)
    func accuracy(name: String) throws {
        let kernel = try Kernels(named: name).kernel(for: .gelu)
        let steps = 100_000
        let input = (0...steps).map { Float(-14 + 28 * Double($0) / Double(steps)) }.filter { $0 != 0 }
        var worst = 0.0
        var worstInTail = 0.0
        for (x, y) in zip(input, output(kernel, input)) {
            let expected = erfc(-Double(x) / 2.0.squareRoot()) / 2
            let error = (Double(y) / Double(x) - expected).magnitude
            worst = max(worst, error)
            // Far below zero the result is small and still has digits.
            if x < 0 && x > -5 { worstInTail = max(worstInTail, error / expected) }
        }
        #expect(worst <= Rounding.errorFunction)
        #expect(worstInTail <= 2e-6)
    }

    @Test("is 0 at 0, and 0 or 1 far out", arguments: Kernels.availableNames)
    func extremes(name: String) throws {
        let kernel = try Kernels(named: name).kernel(for: .gelu)
        let found = output(kernel, [0, -0, 20, 1e30, -20, -1e30, .nan])
        #expect(found[0] == 0 && found[1] == 0 && found[2] == 20 && found[3] == 1e30)
        #expect(found[4].magnitude < 1e-30 && found[5].magnitude < 1e-30 && found[6].isNaN)
    }

    private func output(_ kernel: attar_kernel, _ input: [Float]) -> [Float] {
        var input = input
        var output = [Float](repeating: .nan, count: input.count)
        let columns = Int64(input.count)
        input.withUnsafeMutableBytes { input in
            output.withUnsafeMutableBytes { output in
                var call = attar_call()
                call.operand.0 = attar_operand(data: output.baseAddress, rows: 1, columns: columns)
                call.operand.1 = attar_operand(data: input.baseAddress, rows: 1, columns: columns)
                kernel(&call)
            }
        }
        return output
    }
}
