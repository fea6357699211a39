// The compiler compares these functions with the header by their names, which are those of C.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import AttarRuntime
import CAttar

/// A classifier with what it said last.
final class LastPrediction {
    let classifier: Classifier
    var probabilities = UnsafeBufferPointer<Float>(start: nil, count: 0)

    init(_ classifier: Classifier) { self.classifier = classifier }
}

@c @implementation
public func attar_classifier_bytes(_ model: OpaquePointer?) -> Int {
    guard let model else { return 0 }
    return (try? Classifier.workingBytes(Handle.object(model, ModelFile.self))) ?? 0
}

@c @implementation
public func attar_classifier_open(
    _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ memory: UnsafeMutableRawPointer?, _ bytes: Int,
    _ classifier: UnsafeMutablePointer<OpaquePointer?>?
) -> attar_status {
    guard let model, bytes >= 0, let classifier else { return badArgument }
    classifier.pointee = nil
    return status { () throws(ModelFileError) in
        let opened = try Classifier(
            Handle.object(model, ModelFile.self), kernels: kernels(named: name),
            memory: memory.map { UnsafeMutableRawBufferPointer(start: $0, count: bytes) })
        classifier.pointee = Handle.handle(to: LastPrediction(opened))
        return ok
    }
}

@c @implementation
public func attar_classifier_close(_ classifier: OpaquePointer?) { Handle.close(classifier, LastPrediction.self) }

@c @implementation
public func attar_classifier_set_threshold(_ classifier: OpaquePointer?, _ threshold: Float) -> attar_status {
    guard let classifier, threshold >= 0, threshold <= 1 else { return badArgument }
    Handle.object(classifier, LastPrediction.self).classifier.abstentionThreshold = threshold
    return ok
}

@c @implementation
public func attar_predict(
    _ classifier: OpaquePointer?, _ text: UnsafePointer<CChar>?, _ bytes: Int,
    _ prediction: UnsafeMutablePointer<attar_prediction>?
) -> attar_status {
    guard let classifier, bytes >= 0, text != nil || bytes == 0, let prediction else { return badArgument }
    let last = Handle.object(classifier, LastPrediction.self)
    let output = last.classifier.output(of: UnsafeBufferPointer(characters: text, count: bytes))
    last.probabilities = output.probabilities
    prediction.pointee = attar_prediction(
        output, threshold: last.classifier.abstentionThreshold, cascade: last.classifier.file.decision?.cascade)
    return ok
}

@c @implementation
public func attar_probabilities(_ classifier: OpaquePointer?) -> UnsafePointer<Float>? {
    classifier.flatMap { Handle.object($0, LastPrediction.self).probabilities.baseAddress }
}

@c @implementation
public func attar_top(
    _ classifier: OpaquePointer?, _ top: UnsafeMutablePointer<attar_ranked_label>?, _ room: Int
) -> Int {
    guard let classifier, let top, room > 0 else { return 0 }
    let probabilities = Handle.object(classifier, LastPrediction.self).probabilities
    // Both are an index and a float.
    return UnsafeMutableRawPointer(top).withMemoryRebound(to: RankedLabel.self, capacity: room) {
        RankedLabel.rank(probabilities, into: UnsafeMutableBufferPointer(start: $0, count: room))
    }
}

extension UnsafeBufferPointer<UInt8> {
    init(characters: UnsafePointer<CChar>?, count: Int) {
        self.init(start: UnsafeRawPointer(characters)?.assumingMemoryBound(to: UInt8.self), count: count)
    }
}

extension attar_prediction {
    init(_ output: ClassifierOutput, threshold: Float, cascade: Cascade?) {
        let probabilities = output.probabilities
        let label = probabilities.likeliest
        let defers = cascade?.defers(probabilities, familiarity: output.familiarity) ?? false
        self.init(
            label: label, probability: probabilities[label], abstains: probabilities[label] < threshold ? 1 : 0,
            defers: defers ? 1 : 0, score: cascade?.score.value(of: probabilities) ?? 0)
    }
}
