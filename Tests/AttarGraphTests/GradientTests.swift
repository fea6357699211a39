import AttarGraph
import AttarRuntime
import AttarTestSupport
import AttarTraining
import Testing

@Suite("Gradients")
struct GradientTests {
    @Test("agree with differences along random directions", arguments: OpKind.allCases)
    func matchDifferences(kind: OpKind) throws {
        for size in SampleSize.small {
            for sample in kind.samples(size, seed: 2) where !sample.differentiable.isEmpty {
                let check = try GradientCheck(sample, seed: 3)
                #expect(check.names == sample.differentiable, "\(sample)")
                let disagreements = check.disagreements(directions: 2, seed: 4)
                #expect(disagreements.isEmpty, "\(sample)")
            }
        }
    }

    @Test("come out of the executor as out of the reference", arguments: OpKind.allCases)
    func executorMatchesReference(kind: OpKind) throws {
        let kernels = try TrainingKernels().kernels
        for size in SampleSize.all {
            for sample in kind.samples(size, seed: 5) where !sample.differentiable.isEmpty {
                let check = try GradientCheck(sample, seed: 6)
                let program = try check.graph.lowered()
                let outputs = try ExecutorRun.run(
                    program, leaves: check.leaves, batch: check.batch, kernels: kernels, spare: size.columns % 3)
                let nodes = ReferenceInterpreter(check.graph, batch: check.batch)
                    .evaluate(check.leaves.mapValues(\.reference))
                for (index, (name, value)) in check.graph.outputs.enumerated() {
                    let expected = nodes[value.node]
                    let floats = value.type.rowMajor(
                        outputs[index].floats, rows: expected.rows, columns: expected.columns)
                    let disagreement = expected.disagreement(with: floats)
                    #expect(disagreement == nil, "\(sample) \(name)")
                }
            }
        }
    }

    @Test("are refused where an operation has none", arguments: OpKind.allCases)
    func refusedWhereThereIsNone(kind: OpKind) throws {
        for sample in kind.samples(SampleSize(rows: 3, columns: 5), seed: 7) where sample.differentiable.isEmpty {
            let floats = sample.graph.nodes.compactMap { node -> String? in
                guard node.type == .float32 else { return nil }
                switch node.op {
                case .input(let name): return name
                default: return nil
                }
            }
            // Of quantized tables and numbers there is nothing to take a gradient by.
            guard !floats.isEmpty else { continue }
            #expect(throws: GraphError.self, "\(sample)") { try GradientCheck(sample, by: floats, seed: 8) }
        }
    }
}
