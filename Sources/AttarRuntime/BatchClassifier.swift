import CAttarKernels

/// Predicts many texts on several threads, with the bits of predictions one by one.
///
/// Memory for all threads is taken when it is opened; they are started for each call and end with it. Not for use by
/// several threads at once.
public final class BatchClassifier {
    public let file: ModelFile
    /// One a thread.
    private let classifiers: [Classifier]

    public var threads: Int { classifiers.count }
    public var labels: [String] { file.labels }

    /// - Parameters:
    ///   - threads: 1 or more, that of the caller among them.
    ///   - batch: most texts that run through the program together.
    ///   - kernels: those of one instruction set; nil for the fastest of this processor.
    public init(
        _ file: ModelFile, threads: Int, batch: Int = 16, kernels: Kernels? = nil
    ) throws(ModelFileError) {
        precondition(threads > 0, "the caller's thread is there at least")
        var classifiers: [Classifier] = []
        for _ in 0..<threads { classifiers.append(try Classifier(file, batch: batch, kernels: kernels)) }
        self.classifiers = classifiers
        self.file = file
    }

    /// A prediction whose likeliest label has a smaller probability abstains; at first what the file says, or 0.
    public var abstentionThreshold: Float {
        get { classifiers[0].abstentionThreshold }
        set { for classifier in classifiers { classifier.abstentionThreshold = newValue } }
    }

    /// A prediction a text, in their order.
    public func predict(_ texts: [String]) -> [Prediction] {
        let copies = JoinedTexts(texts)
        let (threshold, cascade) = (abstentionThreshold, file.decision?.cascade)
        return [Prediction](unsafeUninitializedCapacity: texts.count) { predictions, count in
            guard let first = predictions.baseAddress else { return }
            outputs(
                count: texts.count, text: { copies[$0] },
                take: { index, output in
                    (first + index).initialize(
                        to: Prediction(output, labels: labels, threshold: threshold, cascade: cascade))
                })
            count = texts.count
        }
    }

    /// The probabilities of `count` texts; allocates nothing a text.
    ///
    /// Several threads call both arguments at once, for different indices.
    /// - Parameters:
    ///   - text: gives the text at an index, in UTF-8; malformed bytes count as symbols.
    ///   - take: gets the index of a text and its probabilities, which are valid during the call.
    public func predict(
        count: Int, text: (_ index: Int) -> UnsafeBufferPointer<UInt8>,
        take: (_ index: Int, UnsafeBufferPointer<Float>) -> Void
    ) {
        outputs(count: count, text: text, take: { take($0, $1.probabilities) })
    }

    /// The same, with how familiar each text is.
    public func outputs(
        count: Int, text: (_ index: Int) -> UnsafeBufferPointer<UInt8>,
        take: (_ index: Int, ClassifierOutput) -> Void
    ) {
        // Parts are small enough that no thread waits long for the last one.
        let grain = max(1, min(4 * classifiers[0].batch, count / (4 * threads)))
        withoutActuallyEscaping(text) { text in
            withoutActuallyEscaping(take) { take in
                var work = SharedTexts(classifiers: classifiers, text: text, take: take)
                withUnsafeMutablePointer(to: &work) {
                    attar_for_each(count, grain, Int32(clamping: threads), SharedTexts.predict, $0)
                }
            }
        }
    }
}

/// What the threads of one call share. Each has a classifier of its own.
private struct SharedTexts {
    let classifiers: [Classifier]
    let text: (_ index: Int) -> UnsafeBufferPointer<UInt8>
    let take: (_ index: Int, ClassifierOutput) -> Void

    /// A part of the texts, on one thread.
    static let predict: @convention(c) (UnsafeMutableRawPointer?, Int32, Int, Int) -> Void = { work, worker, from, to in
        guard let work = work?.assumingMemoryBound(to: SharedTexts.self).pointee else { return }
        work.classifiers[Int(worker)].predict(
            count: to - from, text: { work.text(from + $0) }, take: { work.take(from + $0, $1) })
    }
}

/// The bytes of texts, one behind the other.
private final class JoinedTexts {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    /// Where each text starts, and where the last one ends.
    private var starts: [Int] = [0]

    init(_ texts: [String]) {
        starts.reserveCapacity(texts.count + 1)
        for text in texts { starts.append(starts[starts.count - 1] + text.utf8.count) }
        bytes = .allocate(capacity: starts[texts.count])
        for (index, text) in texts.enumerated() {
            _ = bytes[starts[index]..<starts[index + 1]].initialize(fromContentsOf: text.utf8)
        }
    }

    deinit { bytes.deallocate() }

    subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[starts[index]..<starts[index + 1]])
    }
}
