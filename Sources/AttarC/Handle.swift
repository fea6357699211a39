import AttarRuntime

/// An object of Swift behind a pointer of C: kept from `handle(to:)` until `close`.
enum Handle {
    static func handle<Object: AnyObject>(to object: Object) -> OpaquePointer {
        OpaquePointer(Unmanaged.passRetained(object).toOpaque())
    }

    static func object<Object: AnyObject>(_ handle: OpaquePointer, _ type: Object.Type) -> Object {
        Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
    }

    static func close<Object: AnyObject>(_ handle: OpaquePointer?, _ type: Object.Type) {
        guard let handle else { return }
        Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release()
    }
}

/// Copies text and a zero into `room` bytes, cut off where it does not fit; gives its size without the zero.
func copy(_ text: UnsafeRawBufferPointer, into destination: UnsafeMutablePointer<CChar>?, room: Int) -> Int {
    guard let destination, room > 0 else { return text.count }
    let count = min(text.count, room - 1)
    if let bytes = text.baseAddress { UnsafeMutableRawPointer(destination).copyMemory(from: bytes, byteCount: count) }
    destination[count] = 0
    return text.count
}

/// The kernels of that name; nil for the fastest ones.
func kernels(named name: UnsafePointer<CChar>?) throws(ModelFileError) -> Kernels {
    do throws(RuntimeError) {
        return try Kernels(cString: name)
    } catch { throw .unusable(error) }
}
