import AttarGraph
import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

@Suite("The encoder student")
struct EncoderStudentTests {
    private static func student(
        vocabulary: Int = 19, longest: Int = 8, width: Int = 6, layers: Int = 1, heads: Int = 2, feedForward: Int = 10,
        classes: Int = 3, pooling: EncoderStudent.Pooling = .mean, dropout: Float = 0.1
    ) -> EncoderStudent {
        EncoderStudent(
            vocabulary: vocabulary, longest: longest, width: width, layers: layers, heads: heads,
            feedForward: feedForward, classes: classes, pooling: pooling, dropout: dropout)
    }

    @Test("prints as this")
    func description() throws {
        var graph = Graph()
        graph.output("logits", Self.student().logits(in: &graph, training: false))
        #expect(graph.description == PrintedGraphs.encoder)
        var fused = graph
        for pass in GraphPass.allCases { fused = try pass(fused) }
        #expect(fused.description == PrintedGraphs.fusedEncoder)
    }

    @Test("prints in training as this")
    func trainingDescription() throws {
        let student = Self.student(pooling: .first)
        var graph = Graph()
        let logits = student.logits(in: &graph, training: true)
        let loss = DistillationObjective(temperature: 2, usesSoftLabels: true, usesGoldLabels: false)
            .loss(of: logits, in: &graph)
        let parameters = student.parameters.compactMap { graph.parameter(named: $0.name) }
        for (gradient, declaration) in zip(try graph.addGradients(of: loss, for: parameters), student.parameters) {
            switch gradient {
            case .dense(let value)?: graph.output(declaration.name, value)
            case .sparse(let uses)?: for use in uses { graph.output("\(declaration.name) rows", use.source) }
            case nil: Issue.record("\(declaration.name) has no gradient")
            }
        }
        graph.output("loss", loss)
        for pass in GraphPass.allCases { graph = try pass(graph) }
        #expect(graph.description == PrintedGraphs.encoderInTraining)
    }

    @Test("uses just the parameters that it declares, in their shapes", arguments: [0, 1, 3], [1, 2])
    func parameters(layers: Int, heads: Int) throws {
        let student = Self.student(layers: layers, heads: heads)
        var graph = Graph()
        _ = student.logits(in: &graph, training: true)
        try graph.verify()
        for declaration in student.parameters {
            let parameter = try #require(graph.parameter(named: declaration.name), "\(declaration.name)")
            #expect(parameter.shape == Shape(.fixed(declaration.rows), declaration.columns))
            #expect(parameter.type == declaration.type)
        }
        let used = graph.nodes.filter { if case .parameter = $0.op { true } else { false } }
        #expect(used.count == student.parameters.count)
        #expect(Set(student.parameters.map(\.name)).count == used.count)
    }

    @Test("draws its start values by seed and name, and starts its norms as the identity")
    func startValues() throws {
        let parameters = Self.student(layers: 2).parameters
        func values(_ declaration: ParameterDeclaration, seed: UInt64) -> [Float] {
            declaration.initializer.values(
                rows: declaration.rows, columns: declaration.columns, name: declaration.name, seed: seed)
        }
        for declaration in parameters {
            let drawn = values(declaration, seed: 1)
            #expect(drawn.count == declaration.rows * declaration.columns)
            #expect(drawn == values(declaration, seed: 1))
            switch declaration.name {
            case let name where name.hasSuffix(".gain"): #expect(drawn.allSatisfy { $0 == 1 })
            case let name where name.hasSuffix(".bias"): #expect(drawn.allSatisfy { $0 == 0 })
            default: #expect(drawn != values(declaration, seed: 2))
            }
            #expect(declaration.decays == !(declaration.name.hasSuffix(".gain") || declaration.name.hasSuffix(".bias")))
        }
        let first = try #require(parameters.first { $0.name == "layer.0.attention.qkv.weight" })
        let second = try #require(parameters.first { $0.name == "layer.1.attention.qkv.weight" })
        #expect(values(first, seed: 1) != values(second, seed: 1))
    }

    @Test(
        "whose sizes do not fit is refused with the layer and the sizes",
        arguments: [
            (student(width: 10, heads: 3), ["layer.0.attention", "width 10", "3 heads"]),
            (student(heads: 0), ["layer.0.attention", "0 heads"]),
            (student(heads: -2), ["-2 heads"]),
            (student(width: 0), ["student.encoder", "tokens.table", "[19, 0]"]),
            (student(width: -4), ["tokens.table", "[19, -4]"]),
            (student(width: .max), ["layer.0.attention"]),
            (student(vocabulary: 0), ["tokens.table", "[0, 6]"]),
            (student(longest: 0), ["positions", "[0, 6]"]),
            (student(feedForward: 0), ["layer.0.feedforward.up", "[0, 6]"]),
            (student(layers: -1), ["-1 layers"]),
            (student(classes: 0), ["head", "[0, 6]"]),
        ])
    func wrongSizes(student: EncoderStudent, parts: [String]) throws {
        var graph = Graph()
        graph.output("logits", student.logits(in: &graph, training: true))
        var refusal: GraphError?
        do throws(GraphError) { _ = try graph.lowered() } catch { refusal = error }
        let message = try #require(refusal).description
        for part in parts { #expect(message.contains(part), "\(message)") }
        _ = student.parameters
    }

    @Test(
        "has the gradients of its formulas, and runs as the reference does",
        arguments: [
            student(pooling: .mean, dropout: 0), student(pooling: .first, dropout: 0.3),
            student(longest: 3, width: 17, layers: 2, heads: 17, feedForward: 5, classes: 1),
            student(width: 1, layers: 2, heads: 1, feedForward: 1, dropout: 0), student(layers: 0),
        ], [0, 1, 5])
    func gradients(student: EncoderStudent, rows: Int) throws {
        var graph = Graph()
        let logits = student.logits(in: &graph, training: true)
        let sample = OpSample(
            "\(student)", of: graph, result: logits, rows: rows, longest: 8, ids: 19, seed: UInt64(rows))
        let check = try GradientCheck(sample, seed: 2)
        #expect(check.names == sample.differentiable)
        #expect(check.disagreements(directions: 2, seed: 3).isEmpty)
        let nodes = ReferenceInterpreter(check.graph, batch: check.batch).evaluate(check.leaves.mapValues(\.reference))
        let outputs = try ExecutorRun.run(
            check.graph.lowered(), leaves: check.leaves, batch: check.batch, kernels: TrainingKernels().kernels)
        for (index, (name, value)) in check.graph.outputs.enumerated() {
            let expected = nodes[value.node]
            let floats = value.type.rowMajor(outputs[index].floats, rows: expected.rows, columns: expected.columns)
            #expect(expected.relativeError(of: floats) < 1e-5, "\(name)")
        }
    }
}
