// The compiler compares these functions with the header by their names, which are those of C.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import AttarRuntime
import CAttar

@c @implementation
public func attar_model_open(
    _ path: UnsafePointer<CChar>?, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> attar_status {
    guard let path, let model else { return badArgument }
    model.pointee = nil
    return status { () throws(ModelFileError) in
        model.pointee = Handle.handle(to: try ModelFile(cString: path))
        return ok
    }
}

@c @implementation
public func attar_model_open_memory(
    _ bytes: UnsafeRawPointer?, _ size: Int, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> attar_status {
    guard let bytes, size >= 0, let model else { return badArgument }
    model.pointee = nil
    return status { () throws(ModelFileError) in
        model.pointee = Handle.handle(to: try ModelFile(bytes: UnsafeRawBufferPointer(start: bytes, count: size)))
        return ok
    }
}

@c @implementation
public func attar_model_close(_ model: OpaquePointer?) { Handle.close(model, ModelFile.self) }

@c @implementation
public func attar_model_labels(_ model: OpaquePointer?) -> Int {
    model.map { Handle.object($0, ModelFile.self).labels.count } ?? 0
}

@c @implementation
public func attar_model_label(
    _ model: OpaquePointer?, _ label: Int, _ text: UnsafeMutablePointer<CChar>?, _ room: Int
) -> Int {
    guard let model else { return 0 }
    let labels = Handle.object(model, ModelFile.self).labels
    guard labels.indices.contains(label) else { return copy(.init(start: nil, count: 0), into: text, room: room) }
    return labels[label].withBytes { copy($0, into: text, room: room) }
}

@c @implementation
public func attar_model_metadata(
    _ model: OpaquePointer?, _ text: UnsafeMutablePointer<CChar>?, _ room: Int
) -> Int {
    guard let model else { return 0 }
    return copy(Handle.object(model, ModelFile.self).metadataBytes, into: text, room: room)
}

@c @implementation
public func attar_model_verify(
    _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ difference: UnsafeMutablePointer<attar_difference>?
) -> attar_status {
    guard let model else { return badArgument }
    return status { () throws(ModelFileError) in
        func differs(_ text: Int, instruction: Int = -1, opcode: Int32 = 0) -> attar_status {
            difference?.pointee = attar_difference(text: text, instruction: Int32(instruction), opcode: opcode)
            return attar_status(ATTAR_RESULTS_DIFFER)
        }
        return switch try Handle.object(model, ModelFile.self).verify(kernels: kernels(named: name)) {
        case .passed: ok
        case .altered: attar_status(ATTAR_ALTERED)
        case .noCertificate: attar_status(ATTAR_NO_CERTIFICATE)
        case .featuresDiffer(let text): differs(text)
        case .instructionDiffers(let text, let instruction, let opcode):
            differs(text, instruction: instruction, opcode: Int32(opcode.rawValue))
        case .probabilityDiffers(let text, _, _, _): differs(text)
        }
    }
}
