// The compiler compares these functions with the header by their names, which are those of C.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import AttarRuntime
import CAttar
import CAttarKernels

@c @implementation
public func attar_instruction_set(_ index: Int) -> UnsafePointer<CChar>? {
    Int32(exactly: index).flatMap { attar_kernels_name($0) }
}

@c @implementation
public func attar_batch_open(
    _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ threads: Int,
    _ batch: UnsafeMutablePointer<OpaquePointer?>?
) -> attar_status {
    guard let model, (1...256).contains(threads), let batch else { return badArgument }
    batch.pointee = nil
    return status { () throws(ModelFileError) in
        let opened = try BatchClassifier(
            Handle.object(model, ModelFile.self), threads: threads, kernels: kernels(named: name))
        batch.pointee = Handle.handle(to: opened)
        return ok
    }
}

@c @implementation
public func attar_batch_close(_ batch: OpaquePointer?) { Handle.close(batch, BatchClassifier.self) }

@c @implementation
public func attar_batch_set_threshold(_ batch: OpaquePointer?, _ threshold: Float) -> attar_status {
    guard let batch, threshold >= 0, threshold <= 1 else { return badArgument }
    Handle.object(batch, BatchClassifier.self).abstentionThreshold = threshold
    return ok
}

@c @implementation
public func attar_batch_predict(
    _ batch: OpaquePointer?, _ texts: UnsafePointer<UnsafePointer<CChar>?>?, _ bytes: UnsafePointer<Int>?,
    _ count: Int, _ predictions: UnsafeMutablePointer<attar_prediction>?,
    _ probabilities: UnsafeMutablePointer<Float>?
) -> attar_status {
    guard let batch, count >= 0 else { return badArgument }
    guard count > 0 else { return ok }
    guard let texts, let bytes, let predictions else { return badArgument }
    for index in 0..<count where bytes[index] < 0 || texts[index] == nil && bytes[index] > 0 { return badArgument }
    let classifier = Handle.object(batch, BatchClassifier.self)
    let (threshold, cascade) = (classifier.abstentionThreshold, classifier.file.decision?.cascade)
    classifier.outputs(
        count: count, text: { UnsafeBufferPointer(characters: texts[$0], count: bytes[$0]) },
        take: { index, output in
            predictions[index] = attar_prediction(output, threshold: threshold, cascade: cascade)
            let found = output.probabilities
            guard let probabilities, let first = found.baseAddress else { return }
            (probabilities + index * found.count).update(from: first, count: found.count)
        })
    return ok
}
