// Operations on names that do without the tables of Unicode, which small devices have no room for.

extension String {
    /// Whether both are the same bytes; `==` compares characters.
    func hasBytes(of other: String, and end: StaticString = "") -> Bool {
        withBytes { bytes in
            other.withBytes { start in
                bytes.count == start.count + end.utf8CodeUnitCount
                    && bytes.prefix(start.count).elementsEqual(start)
                    && bytes.dropFirst(start.count).elementsEqual(
                        UnsafeRawBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount))
            }
        }
    }

    /// The UTF-8 bytes, in place.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // Strings that Swift made have them in one place.
        if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        #if hasFeature(Embedded)
            preconditionFailure("there are no other strings")
        #else
            return Array(utf8).withUnsafeBytes(body)
        #endif
    }

    /// Text of C; empty where it is not UTF-8.
    init(validated text: UnsafePointer<CChar>) {
        var count = 0
        while text[count] != 0 { count += 1 }
        self = String(validating: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self) ?? ""
    }
}
