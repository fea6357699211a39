import AttarRuntime
import CAttarKernels

/// Runs a program the slow and careful way: every buffer in guarded memory of its own, filled with NaN until written. Knows
/// nothing of the executor or its memory plan.
package enum GuardedRun {
    /// The bytes of each output, by its place among the program's outputs.
    package static func run(
        _ program: Program, leaves: [String: Leaf], batch: SampleBatch, kernels: Kernels
    ) throws -> [[UInt8]] {
        let rows = program.buffers.map { buffer in
            (buffer.rows.axis.map { batch.counts[program.axes[$0].name] ?? 0 } ?? 0) + buffer.rows.fixed
        }
        let memory = program.buffers.enumerated().map { index, buffer in
            GuardedMemory(contents(of: buffer, rows: rows[index], leaves: leaves, batch: batch))
        }
        for instruction in program.instructions {
            var call = attar_call()
            call.scalar.0 = instruction.scalar
            call.salt = instruction.salt
            call.run_key = batch.runKey
            for (slot, operand) in instruction.operands.enumerated() {
                guard let operand else { continue }
                withUnsafeMutableBytes(of: &call.operand) {
                    $0.bindMemory(to: attar_operand.self)[slot] = attar_operand(
                        data: memory[operand].pointer, rows: Int64(rows[operand]),
                        columns: Int64(program.buffers[operand].columns))
                }
            }
            try kernels.kernel(for: instruction.opcode)(&call)
        }
        return program.outputs.map { memory[$0].bytes }
    }

    /// What stands in a buffer before the run.
    static func contents(of buffer: Program.Buffer, rows: Int, leaves: [String: Leaf], batch: SampleBatch) -> [UInt8] {
        switch buffer.region {
        case .arena:
            guard let bytes = buffer.type.bytes(rows: rows, columns: buffer.columns) else {
                preconditionFailure("a sample is too large")
            }
            return [UInt8](repeating: 0xFF, count: bytes)
        case .input, .parameter:
            let suffix = ".offsets"
            if buffer.name.hasSuffix(suffix), let offsets = batch.offsets[String(buffer.name.dropLast(suffix.count))] {
                return Leaf(numbers: offsets.map(UInt32.init)).bytes(as: .uint32)
            }
            guard let leaf = leaves[buffer.name] else { preconditionFailure("the sample lacks \(buffer.name)") }
            return leaf.bytes(as: buffer.type)
        }
    }
}
