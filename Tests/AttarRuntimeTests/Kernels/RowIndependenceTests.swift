import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

@Suite("A row's result")
struct RowIndependenceTests {
    @Test("has the same bits whichever rows stand beside it", arguments: OpKind.allCases, Kernels.availableNames)
    func doesNotDependOnOtherRows(kind: OpKind, name: String) throws {
        let kernels = try Kernels.everything(name)
        for columns in [1, 17, 77] {
            for sample in kind.samples(SampleSize(rows: 23, columns: columns), seed: 11) {
                guard case .batch(let axis) = sample.graph.outputs[0].value.shape.rows else { continue }
                let program = try sample.graph.lowered()
                func run(_ sample: OpSample) throws -> [UInt8] {
                    try GuardedRun.run(program, leaves: sample.leaves, batch: sample.batch, kernels: kernels)[0]
                }
                let together = try run(sample)
                for cut in [[0, 1, 2, 5, 12, 23], [0, 8, 16, 23], Array(0...23)] {
                    let parts = try zip(cut, cut.dropFirst()).flatMap { try run(sample.restricted(to: $0..<$1)) }
                    #expect(parts == together, "\(sample) on \(axis.name), cut at \(cut)")
                }
            }
        }
    }
}
