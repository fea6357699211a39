import AttarRuntime

/// Runs a program on the real executor.
package enum ExecutorRun {
    /// The bytes of each output, by its place among the program's outputs.
    ///
    /// - Parameter spare: how many more elements than the batch has the executor is opened for.
    package static func run(
        _ program: Program, leaves: [String: Leaf], batch: SampleBatch, kernels: Kernels, spare: Int = 0
    ) throws -> [[UInt8]] {
        let counts = program.axes.map { batch.counts[$0.name] ?? 0 }
        let parameters = program.parameters.map { index in
            let buffer = program.buffers[index]
            return GuardedMemory(GuardedRun.contents(of: buffer, rows: buffer.rows.fixed, leaves: leaves, batch: batch))
        }
        return try withExtendedLifetime(parameters) {
            var executor = try Executor(
                program, capacities: counts.map { $0 + spare }, parameters: parameters.map(\.pointer), kernels: kernels)
            for (index, buffer) in program.buffers.enumerated() where buffer.region == .input {
                let rows = (buffer.rows.axis.map { counts[$0] } ?? 0) + buffer.rows.fixed
                let bytes = GuardedRun.contents(of: buffer, rows: rows, leaves: leaves, batch: batch)
                UnsafeMutableRawPointer(executor.pointer(to: index, as: UInt8.self))
                    .copyMemory(from: bytes, byteCount: bytes.count)
            }
            try executor.run(runKey: batch.runKey) { counts[$0] }
            return program.outputs.map { index in
                let buffer = program.buffers[index]
                let rows = (buffer.rows.axis.map { counts[$0] } ?? 0) + buffer.rows.fixed
                let bytes = buffer.type.bytes(rows: rows, columns: buffer.columns) ?? 0
                return Array(UnsafeBufferPointer(start: executor.pointer(to: index, as: UInt8.self), count: bytes))
            }
        }
    }
}

extension [UInt8] {
    /// The floats of a stored buffer.
    package var floats: [Float] {
        withUnsafeBytes { bytes in
            (0..<(bytes.count / 4)).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }
}
