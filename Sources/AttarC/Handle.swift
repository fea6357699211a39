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
func copy(_ text: String, into destination: UnsafeMutablePointer<CChar>?, room: Int) -> Int {
    guard let destination, room > 0 else { return text.utf8.count }
    var count = 0
    for byte in text.utf8.prefix(room - 1) {
        destination[count] = CChar(bitPattern: byte)
        count += 1
    }
    destination[count] = 0
    return text.utf8.count
}

/// The kernels of that name; nil for the fastest ones.
func kernels(named name: UnsafePointer<CChar>?) throws(ModelFileError) -> Kernels {
    do throws(RuntimeError) {
        return try Kernels(named: name.map { String(cString: $0) })
    } catch { throw .unusable(error) }
}
