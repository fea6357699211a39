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
        for (x, y) in zip(input, output(kernel, input)) {
            let expected = erfc(-Double(x) / 2.0.squareRoot()) / 2
            worst = max(worst, (Double(y) / Double(x) - expected).magnitude)
        }
        #expect(worst <= Rounding.errorFunction)
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
