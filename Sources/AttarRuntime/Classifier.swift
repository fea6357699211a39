/// A text classifier from a model file: labels and calibrated probabilities.
///
/// All memory is taken when it is opened, or given by the caller; a prediction allocates nothing but its result. Not for
/// use by several threads at once: open one a thread, they can share a `ModelFile`; or use a `BatchClassifier`.
public final class Classifier {
    public let file: ModelFile
    /// Most texts that run through the program together.
    public let batch: Int
    /// A prediction whose likeliest label has a smaller probability abstains; at first what the file says, or 0.
    public var abstentionThreshold: Float

    private var executor: Executor
    private let scratch: NGramScratch
    /// What was taken here; nil where the caller gave the memory.
    private let ownMemory: UnsafeMutableRawPointer?
    private let ids: UnsafeMutablePointer<UInt32>
    /// Nil where ids have no weights.
    private let weights: UnsafeMutablePointer<Float>?
    private let offsets: UnsafeMutablePointer<UInt32>
    private let output: UnsafePointer<Float>
    /// One a text of the batch.
    private let familiarities: UnsafeMutablePointer<Float>
    private let layout: ClassifierLayout

    public var labels: [String] { file.labels }

    /// - Parameters:
    ///   - batch: most texts that run through the program together.
    ///   - kernels: those of one instruction set; nil for the fastest of this processor.
    ///   - given: `workingBytes(_:batch:)` bytes at a multiple of 64, which outlive the classifier; nil to take them.
    /// - Throws: `ModelFileError.unusable` where the memory is too small or not aligned, or cannot be had.
    public init(
        _ file: ModelFile, batch: Int = 1, kernels: Kernels? = nil, memory given: UnsafeMutableRawBufferPointer? = nil
    ) throws(ModelFileError) {
        precondition(batch > 0, "a batch holds a text at least")
        let interface = file.interface
        do throws(RuntimeError) {
            layout = try ClassifierLayout(file, batch: batch)
            let table: Kernels
            if let kernels { table = kernels } else { table = try Kernels() }
            if let given { try MemoryPlan.check(given, holds: layout.bytes) }
            ownMemory = given == nil ? .allocate(byteCount: layout.bytes, alignment: MemoryPlan.alignment) : nil
            guard let memory = ownMemory ?? given?.baseAddress else { preconditionFailure("the memory was checked") }
            executor = try Executor(
                file.program, capacities: layout.capacities, parameters: file.parameters, kernels: table,
                memory: UnsafeMutableRawBufferPointer(start: memory, count: layout.executorBytes))
            scratch = NGramScratch(maximumBytes: file.featurizer.maximumBytes, memory: memory + layout.executorBytes)
            familiarities = (memory + layout.familiarityOffset).bindMemory(to: Float.self, capacity: batch)
        } catch {
            throw .unusable(error)
        }
        ids = executor.pointer(to: interface.ids)
        var weights: UnsafeMutablePointer<Float>?
        if let buffer = interface.weights { weights = executor.pointer(to: buffer) }
        self.weights = weights
        offsets = executor.pointer(to: interface.offsets)
        output = UnsafePointer(executor.pointer(to: interface.probabilities))
        abstentionThreshold = file.decision?.abstentionThreshold ?? 0
        self.batch = batch
        self.file = file
    }

    /// Opens the file at `path`.
    public convenience init(contentsOf path: String) throws(ModelFileError) {
        try self.init(ModelFile(path: path))
    }

    deinit { ownMemory?.deallocate() }

    /// Bytes that a classifier of this file works in, beyond the file itself.
    public static func workingBytes(_ file: ModelFile, batch: Int = 1) throws(ModelFileError) -> Int {
        do throws(RuntimeError) {
            return try ClassifierLayout(file, batch: batch).bytes
        } catch {
            throw .unusable(error)
        }
    }

    /// The probability of each label, in the order of `labels`; valid until the next prediction. Allocates nothing.
    ///
    /// - Parameter text: UTF-8; malformed bytes count as symbols.
    public func probabilities(of text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<Float> {
        output(of: text).probabilities
    }

    /// The same, with how familiar the text is.
    public func output(of text: UnsafeBufferPointer<UInt8>) -> ClassifierOutput {
        run(examples: 1, features: add(text, as: 0, after: 0))
        return output(at: 0)
    }

    /// Runs the program once more on the features of the last text: for measurements.
    package func probabilitiesAgain() -> UnsafeBufferPointer<Float> {
        run(examples: 1, features: Int(offsets[1]))
        return output(at: 0).probabilities
    }

    /// The probabilities of `count` texts, one by one in their order: as many together as memory holds.
    ///
    /// The bits are those of predictions one by one.
    /// - Parameters:
    ///   - text: gives the text at an index, in UTF-8.
    ///   - take: gets the index of a text and what comes out, which is valid during the call.
    func predict(
        count: Int, text: (_ index: Int) -> UnsafeBufferPointer<UInt8>,
        take: (_ index: Int, ClassifierOutput) -> Void
    ) {
        var (first, features) = (0, 0)
        for index in 0..<count {
            let next = text(index)
            if index - first == batch || file.featurizer.mostIds(bytes: next.count) > layout.features - features {
                finish(first..<index, features: features, take)
                (first, features) = (index, 0)
            }
            features = add(next, as: index - first, after: features)
        }
        finish(first..<count, features: features, take)
    }

    /// Runs the program for texts whose features are there.
    private func finish(
        _ texts: Range<Int>, features: Int, _ take: (_ index: Int, ClassifierOutput) -> Void
    ) {
        guard !texts.isEmpty else { return }
        run(examples: texts.count, features: features)
        for index in texts { take(index, output(at: index - texts.lowerBound)) }
    }

    /// Writes the features of a text behind those of the texts before it, and gives where they end.
    private func add(_ text: UnsafeBufferPointer<UInt8>, as example: Int, after features: Int) -> Int {
        let (count, tokens, _) = file.featurizer.featurize(
            text, scratch: scratch, ids: ids + features, weights: weights.map { $0 + features })
        familiarities[example] = familiarity(features: count, tokens: tokens)
        if example == 0 { offsets[0] = 0 }
        offsets[example + 1] = UInt32(features + count)
        return features + count
    }

    /// Of the text whose tokens are in the scratch.
    private func familiarity(features: Int, tokens: Int) -> Float {
        guard features > 0 else { return 0 }
        guard let familiar = file.decision?.cascade?.familiar else { return 1 }
        return familiar.share(of: UnsafeBufferPointer(start: scratch.tokens, count: tokens))
    }

    private func run(examples: Int, features: Int) {
        let examplesAxis = file.interface.examplesAxis
        do throws(RuntimeError) {
            try executor.run { $0 == examplesAxis ? examples : features }
        } catch {
            preconditionFailure("the executor was opened for every text")
        }
    }

    private func output(at example: Int) -> ClassifierOutput {
        ClassifierOutput(
            probabilities: UnsafeBufferPointer(
                start: output + example * file.labels.count, count: file.labels.count),
            familiarity: familiarities[example])
    }
}

/// What a program makes of one text; valid until the next prediction.
public struct ClassifierOutput {
    /// One a label.
    public let probabilities: UnsafeBufferPointer<Float>
    /// How much of the text is like what training saw, 0…1: 0 for a text without any known feature; 1 for others where the
    /// file does not tell.
    public let familiarity: Float
}

/// How a classifier divides its memory: inputs and arena, then the featurizer's.
private struct ClassifierLayout {
    /// Most ids that its texts have together.
    let features: Int
    let capacities: [Int]
    let executorBytes: Int
    /// Where the familiarities of the texts stand: behind the featurizer's memory.
    let familiarityOffset: Int
    let bytes: Int

    /// Ids of a batch of ordinary texts: more would be room that only the longest texts fill.
    private static let usualIds = 1 << 12

    init(_ file: ModelFile, batch: Int) throws(RuntimeError) {
        let most = file.featurizer.mostIds
        // One text always fits; `batch` of them where that is not much.
        let (all, overflows) = most.multipliedReportingOverflow(by: batch)
        features = max(most, overflows ? Self.usualIds : min(Self.usualIds, all))
        capacities = file.interface.capacities(features: features, examples: batch)
        let needed = try Executor.ownedBytes(file.program, capacities: capacities)
        // A multiple of 4, for the floats behind it.
        let scratchBytes = (NGramScratch.neededBytes(maximumBytes: file.featurizer.maximumBytes) + 3) / 4 * 4
        guard let padded = roundedUp(needed, to: MemoryPlan.alignment), padded <= Int.max - scratchBytes,
            batch <= (Int.max - scratchBytes - padded) / 4
        else { throw .tooLarge(buffer: "inputs and arena") }
        executorBytes = padded
        familiarityOffset = padded + scratchBytes
        bytes = familiarityOffset + 4 * batch
    }
}

extension ClassifierInterface {
    /// Capacities for so many texts of so many features together.
    fileprivate func capacities(features: Int, examples: Int) -> [Int] {
        examplesAxis == 0 ? [examples, features] : [features, examples]
    }
}
