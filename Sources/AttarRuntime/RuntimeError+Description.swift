extension RuntimeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let buffer): "the size of “\(buffer)” overflows: its capacity is too large for this machine"
        case .kernelMissing(let opcode): "no kernel is installed for \(opcode): it is a training instruction"
        case .unknownKernels(let name):
            "there are no kernels “\(name)” that this processor runs; it runs \(Kernels.availableNames.joined(separator: ", ")). "
                + "Change --kernels, or ATTAR_KERNELS in the environment"
        case .unknownBuffer(let name): "the program has no input or output “\(name)”"
        case .overCapacity(let axis, let capacity, let count):
            "\(count) \(axis) do not fit: the program was opened for \(capacity)"
        case .memoryUnfit(let bytes, let needed, let alignment):
            "\(bytes) bytes of memory were given; needed are \(needed), at an address that \(alignment) divides"
        }
    }
}
