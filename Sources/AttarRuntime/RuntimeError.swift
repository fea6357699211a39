/// Why a program cannot be opened or run.
public enum RuntimeError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLarge(buffer: String)
    case kernelMissing(Opcode)
    case unknownKernels(name: String)
    case unknownBuffer(name: String)
    case overCapacity(axis: String, capacity: Int, count: Int)

    public var description: String {
        switch self {
        case .tooLarge(let buffer): "the size of “\(buffer)” overflows: its capacity is too large for this machine"
        case .kernelMissing(let opcode): "no kernel is installed for \(opcode): it is a training instruction"
        case .unknownKernels(let name):
            "ATTAR_KERNELS names “\(name)”, which this processor does not run; it runs \(Kernels.availableNames)"
        case .unknownBuffer(let name): "the program has no input or output “\(name)”"
        case .overCapacity(let axis, let capacity, let count):
            "\(count) \(axis) do not fit: the program was opened for \(capacity)"
        }
    }
}
