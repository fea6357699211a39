import CAttarKernels

/// Runs one program: memory is laid out once for the capacities, and nothing is allocated afterwards.
///
/// Not shared between threads; open one a worker. The parameters' memory belongs to the caller and must outlive the
/// executor; so does the memory of inputs and arena where the caller gives it.
public struct Executor: ~Copyable {
    public let program: Program
    /// Most elements of each axis.
    public let capacities: [Int]
    /// Bytes of inputs and arena.
    public let ownedBytes: Int

    /// What the executor took itself; nil where the caller gave the memory.
    private let ownMemory: UnsafeMutableRawPointer?
    private let pointers: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
    private let calls: UnsafeMutableBufferPointer<attar_call>
    private let kernels: UnsafeMutableBufferPointer<attar_kernel>
    private let patches: UnsafeMutableBufferPointer<RowPatch>

    /// An operand whose row count follows an axis.
    private struct RowPatch {
        var call: Int
        var operand: Int
        var axis: Int
        var plus: Int
    }

    /// - Parameters:
    ///   - capacities: most elements of each axis of the program.
    ///   - parameters: memory of `program.parameters`, in that order, 64-byte aligned.
    ///   - given: memory for inputs and arena, at least `ownedBytes(_:capacities:)`, 64-byte aligned; nil to take it.
    public init(
        _ program: Program, capacities: [Int], parameters: [UnsafeMutableRawPointer], kernels table: Kernels,
        memory given: UnsafeMutableRawBufferPointer? = nil
    ) throws(RuntimeError) {
        precondition(capacities.count == program.axes.count && parameters.count == program.parameters.count)
        let (offsets, bytes) = try Self.layout(program, capacities: capacities)
        var functions: [attar_kernel] = []
        for instruction in program.instructions { functions.append(try table.kernel(for: instruction.opcode)) }

        if let given { try MemoryPlan.check(given, holds: bytes) }
        ownMemory =
            given == nil
            ? UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: MemoryPlan.alignment) : nil
        guard let memory = ownMemory ?? given?.baseAddress else { preconditionFailure("the memory was checked") }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        var addresses = offsets.map { $0.map { memory + $0 } }
        for (index, pointer) in zip(program.parameters, parameters) { addresses[index] = pointer }

        var prepared = [attar_call](repeating: attar_call(), count: program.instructions.count)
        var rowPatches: [RowPatch] = []
        for (index, instruction) in program.instructions.enumerated() {
            prepared[index].scalar.0 = instruction.scalar
            prepared[index].salt = instruction.salt
            for (slot, buffer) in instruction.operands.enumerated() {
                guard let buffer else { continue }
                let b = program.buffers[buffer]
                withUnsafeMutableBytes(of: &prepared[index].operand) {
                    $0.bindMemory(to: attar_operand.self)[slot] = attar_operand(
                        data: addresses[buffer], rows: Int64(b.rows.fixed), columns: Int64(b.columns))
                }
                if let axis = b.rows.axis {
                    rowPatches.append(RowPatch(call: index, operand: slot, axis: axis, plus: b.rows.fixed))
                }
            }
        }
        self.program = program
        self.capacities = capacities
        ownedBytes = bytes
        pointers = Self.stored(addresses)
        kernels = Self.stored(functions)
        calls = Self.stored(prepared)
        patches = Self.stored(rowPatches)
    }

    /// Bytes that an executor of these capacities needs for inputs and arena, without taking them.
    public static func ownedBytes(_ program: Program, capacities: [Int]) throws(RuntimeError) -> Int {
        try layout(program, capacities: capacities).bytes
    }

    /// Where inputs and arena buffers stand in one block: the arena, then the inputs.
    private static func layout(
        _ program: Program, capacities: [Int]
    ) throws(RuntimeError) -> (offsets: [Int?], bytes: Int) {
        let plan = try MemoryPlan(program, capacities: capacities)
        var offsets = plan.offsets
        var bytes = plan.arenaBytes
        for (index, buffer) in program.buffers.enumerated() where buffer.region == .input {
            guard let size = program.bytes(of: index, counts: capacities),
                let padded = roundedUp(size, to: MemoryPlan.alignment),
                bytes <= Int.max - padded
            else { throw .tooLarge(buffer: buffer.name) }
            offsets[index] = bytes
            bytes += padded
        }
        return (offsets, bytes)
    }

    private static func stored<Element>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = buffer.initialize(from: elements)
        return buffer
    }

    deinit {
        ownMemory?.deallocate()
        pointers.deallocate()
        calls.deallocate()
        kernels.deallocate()
        patches.deallocate()
    }

    /// Memory of an input (write before a run) or an output (valid until the next run).
    public func pointer<Element>(to buffer: Int, as type: Element.Type = Element.self) -> UnsafeMutablePointer<Element>
    {
        guard let pointer = pointers[buffer] else { preconditionFailure("buffer \(buffer) has no memory") }
        return pointer.assumingMemoryBound(to: type)
    }

    /// Runs every instruction for `count(axis)` elements of each axis; `runKey` keys the random draws of training
    /// instructions.
    public mutating func run(runKey: UInt64 = 0, count: (Int) -> Int) throws(RuntimeError) {
        try prepare(runKey: runKey, count: count)
        for index in kernels.indices { kernels[index](&calls[index]) }
    }

    /// The same, calling `body` after each instruction until it says to stop: memory that later instructions write over
    /// still holds what the instruction made.
    package mutating func run(
        runKey: UInt64, count: (Int) -> Int, whileAfterEach body: (_ instruction: Int) -> Bool
    ) throws(RuntimeError) {
        try prepare(runKey: runKey, count: count)
        for index in kernels.indices {
            kernels[index](&calls[index])
            guard body(index) else { return }
        }
    }

    private func prepare(runKey: UInt64, count: (Int) -> Int) throws(RuntimeError) {
        for axis in capacities.indices where count(axis) > capacities[axis] || count(axis) < 0 {
            throw .overCapacity(axis: program.axes[axis].name, capacity: capacities[axis], count: count(axis))
        }
        for patch in patches {
            withUnsafeMutableBytes(of: &calls[patch.call].operand) { raw in
                raw.bindMemory(to: attar_operand.self)[patch.operand].rows = Int64(count(patch.axis) + patch.plus)
            }
        }
        for index in calls.indices { calls[index].run_key = runKey }
    }
}
