import ArgumentParser
import AttarGraph
import AttarQuantization
import AttarRuntime
import AttarStudents
import AttarTraining
import Foundation

/// attar-bench model
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Writes a model file of an untrained encoder, to be measured by `attar bench`.")

    enum Form: String, CaseIterable, ExpressibleByArgument { case float32, int8 }

    @Option var width = 128
    @Option var layers = 2
    @Option var heads = 4
    @Option var feedForward = 512
    @Option var longest = 64
    @Option(help: "Stored form of table and layers.") var form = Form.int8
    @Option(help: "Model file to write.") var output: String

    func run() throws {
        let student = EncoderStudent(
            vocabulary: 8192, longest: longest, width: width, layers: layers, heads: heads, feedForward: feedForward,
            classes: StepBench.classes, pooling: .mean, dropout: 0)
        var graph = Graph()
        let logits = student.logits(in: &graph, training: false)
        graph.output("probabilities", graph.apply(.softmax(temperature: 1), logits))
        var parameters = try ParameterStore(student.parameters, seed: 1)
        if form == .int8 {
            (graph, parameters, _) = try WeightQuantizer(table: .int8Rows, linear: .int8Panels, clip: .max)
                .quantize(graph, parameters: parameters)
        }
        let program = try graph.lowered()
        let bytes = program.parameters.compactMap { buffer in
            parameters.index(of: program.buffers[buffer].name).map { UnsafeRawBufferPointer(parameters.bytes($0)) }
        }
        let writer = ModelFileWriter(
            program: program, parameters: bytes,
            featurizer: .tokens(TokenFeaturizer(vocabulary: student.vocabulary, maximumTokens: longest)),
            labels: (0..<student.classes).map { "label \($0)" }, metadata: "{}")
        try Data(writer.bytes()).write(to: URL(filePath: output))
    }
}
