#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory whose last byte is followed by a page that nobody may touch: a kernel that reads or writes behind its operand
/// stops the test.
final class GuardedMemory {
    let pointer: UnsafeMutableRawPointer
    let count: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappedBytes: Int

    /// Holds a copy of the bytes.
    init(_ bytes: [UInt8]) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let usable = (bytes.count + page - 1) / page * page
        mappedBytes = usable + page
        guard let mapping = mmap(nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapping != MAP_FAILED, mprotect(mapping + usable, page, PROT_NONE) == 0
        else { preconditionFailure("no memory for a test") }
        self.mapping = mapping
        count = bytes.count
        pointer = mapping + (usable - bytes.count)
        pointer.copyMemory(from: bytes, byteCount: bytes.count)
    }

    deinit { munmap(mapping, mappedBytes) }

    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: pointer, count: count)) }
}
