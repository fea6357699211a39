import AttarData
import AttarGraph
import AttarHDF5
import AttarQuantization
import AttarRuntime
import AttarTraining
import Foundation

/// From a checkpoint to a model file: quantizes, calibrates, writes.
package struct ModelBuilder {
    package let task: TextClassification
    package let dataset: TextDataset
    /// The float parameters of the checkpoint.
    package let parameters: ParameterStore

    /// Reads the checkpoint of a run; throws where it does not fit the recipe's student.
    package init(_ recipe: Recipe, dataset: TextDataset, checkpoint: URL) throws {
        task = TextClassification(recipe, dataset: dataset)
        self.dataset = dataset
        let contents = try TensorFile.read(checkpoint)
        let wanted = task.student.parameters
        parameters = try ParameterStore(wanted.map { ($0.name, $0.rows, $0.columns, $0.type) })
        for (index, parameter) in wanted.enumerated() {
            guard let tensor = contents.tensors.first(where: { $0.name == parameter.name }) else {
                throw ModelBuilderError.missingTensor(file: checkpoint.path, name: parameter.name)
            }
            guard tensor.shape == [parameter.rows, parameter.columns] else {
                throw ModelBuilderError.shape(
                    file: checkpoint.path, name: parameter.name, expected: [parameter.rows, parameter.columns],
                    found: tensor.shape)
            }
            parameters.setRowMajor(tensor.values, at: index)
        }
    }

    /// A student in one stored form.
    package struct Quantized {
        let graph: Graph
        package let parameters: ParameterStore
        package let reports: [WeightQuantizer.Report]

        /// Bytes of all parameters.
        package var bytes: Int { reports.reduce(0) { $0 + $1.bytes } }
    }

    package func quantized(_ quantizer: WeightQuantizer) throws -> Quantized {
        let result = try quantizer.quantize(task.forwardGraph(), parameters: parameters)
        return Quantized(graph: result.graph, parameters: result.parameters, reports: result.reports)
    }

    package func logits(of rows: [Int], _ model: Quantized) throws -> [Float] {
        try Inference(model.graph, output: "logits", parameters: model.parameters, kernels: Kernels())
            .run(task.features(of: rows, in: dataset))
    }

    /// Calibrated probabilities of texts, `[texts, labels]`.
    package func probabilities(of texts: [String], _ model: Quantized, _ calibration: Calibration) throws -> [Float] {
        let (graph, store) = try calibrated(model, by: calibration)
        return try Inference(graph, output: "probabilities", parameters: store, kernels: Kernels())
            .run(PackedFeatures(texts, featurizer: task.featurizer))
    }

    /// The bytes of the model file, with a certificate of what its program computes.
    package func modelFile(
        _ model: Quantized, _ calibration: Calibration, _ fit: CascadeFit?, metadata: JSONValue
    ) throws -> [UInt8] {
        let (graph, store) = try calibrated(model, by: calibration)
        let program = try graph.lowered()
        let bytes = program.parameters.compactMap { buffer in
            store.index(of: program.buffers[buffer].name).map { UnsafeRawBufferPointer(store.bytes($0)) }
        }
        let cascade = fit?.cascade(familiarTokens)
        let decides = task.abstainBelow != nil || cascade != nil
        return try withExtendedLifetime(store) {
            try ModelFileWriter(
                program: program, parameters: bytes, featurizer: task.featurizer, labels: task.labels,
                metadata: metadata.canonical,
                decision: decides
                    ? Decision(abstentionThreshold: Float(task.abstainBelow ?? 0), cascade: cascade) : nil
            ).certifiedBytes(kernels: Kernels())
        }
    }
}

package enum ModelBuilderError: Error, CustomStringConvertible {
    case missingTensor(file: String, name: String)
    case shape(file: String, name: String, expected: [Int], found: [Int])

    package var description: String {
        switch self {
        case .missingTensor(let file, let name):
            "\(file): expected the parameter “\(name)” of the recipe's student; the checkpoint has none of that name. Train again"
        case .shape(let file, let name, let expected, let found):
            "\(file): “\(name)” should have the shape \(expected) by the recipe's `student` section; found \(found). Train again"
        }
    }
}

extension WeightQuantizer {
    /// As the recipe's `quantize` section says.
    package init(_ section: QuantizeSection) {
        self.init(table: section.table.type, linear: section.head.type, clip: section.clip == .mse ? .mse : .max)
    }
}

extension QuantizeSection.Format {
    package var type: ElementType {
        switch self {
        case .int8: .int8Rows
        case .int4: .int4Rows
        case .float32: .float32
        }
    }
}

extension QuantizeSection.HeadFormat {
    package var type: ElementType {
        switch self {
        case .int8: .int8Panels
        case .float32: .float32Panels
        }
    }
}
