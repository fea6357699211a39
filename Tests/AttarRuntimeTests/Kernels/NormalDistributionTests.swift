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

    @Test("gives GELU the slope that its gradient multiplies by, to the bit", arguments: Kernels.availableNames)
    func slope(name: String) throws {
        let table = try #require(attar_training_kernels_select(name)).pointee
        let gelu = try Kernels(named: name).kernel(for: .gelu)
        let withSlope = try #require(table.gelu_with_slope)
        let multiply = try #require(table.multiply)
        let gradient = try #require(table.gelu_gradient)
        var random = SeededRandom(seed: 1)
        for count in [0, 1, 15, 16, 17, 1000] {
            let x = random.floats(count, within: 8)
            let dy = random.floats(count, within: 1)
            let found = results(withSlope, count: 2, [x])
            #expect(found[0] == output(gelu, x))
            #expect(results(multiply, [dy, found[1]]) == results(gradient, [x, dy]))
        }
    }

    private func output(_ kernel: attar_kernel, _ input: [Float]) -> [Float] { results(kernel, [input])[0] }

    /// What a kernel makes of operands of one size.
    private func results(_ kernel: attar_kernel, count: Int = 1, _ inputs: [[Float]]) -> [[Float]] {
        let columns = inputs[0].count
        let operands = [[Float]](repeating: [Float](repeating: .nan, count: columns), count: count) + inputs
        let memory = operands.map { values in
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: columns)
            _ = buffer.initialize(from: values)
            return buffer
        }
        defer { for buffer in memory { buffer.deallocate() } }
        var call = attar_call()
        withUnsafeMutableBytes(of: &call.operand) { bytes in
            let slots = bytes.bindMemory(to: attar_operand.self)
            for (slot, buffer) in memory.enumerated() {
                slots[slot] = attar_operand(data: buffer.baseAddress, rows: 1, columns: Int64(columns))
            }
        }
        kernel(&call)
        return memory[..<count].map(Array.init)
    }
}
