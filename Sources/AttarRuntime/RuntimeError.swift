/// Why a program cannot be opened or run.
public enum RuntimeError: Error, Equatable, Sendable {
    case tooLarge(buffer: String)
    case kernelMissing(Opcode)
    case unknownKernels(name: String)
    case unknownBuffer(name: String)
    case overCapacity(axis: String, capacity: Int, count: Int)
    /// Of the caller's memory: too few bytes, or not at a multiple of `alignment`.
    case memoryUnfit(bytes: Int, needed: Int, alignment: Int)
}
