/// A text classifier from a model file: label and calibrated probabilities of one text at a time.
///
/// All memory is taken when it is opened; a prediction allocates nothing but the result. Not for use by several
/// threads at once: open one a thread,
/// they can share a `ModelFile`.
public final class Classifier {
    public let file: ModelFile

    private var executor: Executor
    private let scratch: NGramScratch
    private let ids: UnsafeMutablePointer<UInt32>
    /// Nil where ids have no weights.
    private let weights: UnsafeMutablePointer<Float>?
    private let offsets: UnsafeMutablePointer<UInt32>
    private let output: UnsafeMutablePointer<Float>
    private let examplesAxis: Int

    public var labels: [String] { file.labels }

    public convenience init(contentsOf path: String) throws(ModelFileError) {
        try self.init(ModelFile(path: path))
    }

    public init(_ file: ModelFile) throws(ModelFileError) {
        let program = file.program
        let features = file.featurizer.mostIds
        do throws(RuntimeError) {
            guard let ids = program.buffer(named: "ids"),
                let axis = program.buffers[ids].rows.axis, let examples = program.axes[axis].parent,
                let offsets = program.buffer(named: program.axes[axis].name + ".offsets"),
                let output = program.buffer(named: "probabilities")
            else { throw .unknownBuffer(name: "ids") }
            executor = try Executor(
                program, capacities: program.axes.indices.map { $0 == examples ? 1 : features },
                parameters: file.parameters,
                kernels: Kernels())
            self.ids = executor.pointer(to: ids)
            if let weights = program.buffer(named: "weights") {
                self.weights = executor.pointer(to: weights)
            } else {
                weights = nil
            }
            self.offsets = executor.pointer(to: offsets)
            self.output = executor.pointer(to: output)
            examplesAxis = examples
        } catch {
            throw .unusable(error)
        }
        scratch = NGramScratch(for: file.featurizer)
        self.file = file
    }

    /// Writes the probability of each label, in the order of `labels`, and gives the index of the largest (the first
    /// one of equals).
    ///
    /// - Parameters:
    ///   - text: UTF-8; malformed bytes count as symbols.
    ///   - probabilities: room for `labels.count` values.
    public func predict(_ text: UnsafeBufferPointer<UInt8>, into probabilities: UnsafeMutableBufferPointer<Float>)
        -> Int
    {
        let count = file.featurizer.featurize(text, scratch: scratch, ids: ids, weights: weights).count
        offsets[0] = 0
        offsets[1] = UInt32(count)
        let examples = examplesAxis
        do throws(RuntimeError) {
            try executor.run { $0 == examples ? 1 : count }
        } catch {
            preconditionFailure("the executor was opened for every text: \(error)")
        }
        var best = 0
        for index in 0..<file.labels.count {
            probabilities[index] = output[index]
            if output[index] > output[best] { best = index }
        }
        return best
    }

    public func predict(_ text: String) -> Prediction {
        var text = text
        var best = 0
        let probabilities = [Float](unsafeUninitializedCapacity: labels.count) { buffer, count in
            best = text.withUTF8 { predict($0, into: buffer) }
            count = labels.count
        }
        return Prediction(label: labels[best], index: best, probabilities: probabilities)
    }
}

/// What a classifier says of one text.
public struct Prediction: Sendable, Equatable {
    public let label: String
    /// Index of `label` among the classifier's labels.
    public let index: Int
    /// One a label, in the classifier's order; they sum to 1.
    public let probabilities: [Float]

    /// The probability of `label`.
    public var confidence: Float { probabilities[index] }
}
