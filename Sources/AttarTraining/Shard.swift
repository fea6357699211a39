import AttarRuntime

/// One shard's memory and program. Used by one thread at a time.
final class Shard {
    private var executor: Executor
    private let program: TrainingProgram
    private let inputs: ExampleInputs
    private let keys: UnsafeMutablePointer<UInt32>?
    private let one: UnsafeMutablePointer<Float>?
    private let soft, gold: LabelInputs
    private let lossOutput: UnsafeMutablePointer<Float>
    private var elements = 0
    private(set) var examples = 0
    private(set) var failure: RuntimeError?

    /// Where targets and weights of one kind of label go in; nil where the program does not ask for them.
    private struct LabelInputs {
        let targets, weights: UnsafeMutablePointer<Float>?

        init(_ kind: String, _ executor: borrowing Executor) {
            targets = executor.input("\(kind).targets")
            weights = executor.input("\(kind).weights")
        }

        func fill(_ slot: Int, _ example: Int, classes: Int, targets: [Float], weights: [Float], scale: Float) {
            if let memory = self.targets {
                targets.copy((example * classes)..<((example + 1) * classes), to: memory + slot * classes)
            }
            if let memory = self.weights { memory[slot] = weights[example] * scale }
        }
    }

    init(
        _ program: TrainingProgram, limits: BatchLimits, parameters: ParameterStore, kernels: Kernels
    ) throws(RuntimeError) {
        let executor = try Executor(
            program.program, capacities: program.capacities(of: limits),
            parameters: parameters.pointers(for: program.program), kernels: kernels)
        self.program = program
        inputs = try ExampleInputs(executor)
        keys = executor.input("keys")
        one = executor.input("one")
        soft = LabelInputs("soft", executor)
        gold = LabelInputs("gold", executor)
        lossOutput = executor.pointer(to: program.loss)
        self.executor = executor
    }

    /// Copies the examples in and runs the program; label weights are multiplied by `scale`.
    func run(_ part: ArraySlice<Int>, of set: TrainingSet, scale: Float, runKey: UInt64) {
        failure = nil
        examples = part.count
        do throws(RuntimeError) {
            elements = try inputs.fill(set.features, with: part)
            for (slot, example) in part.enumerated() {
                keys?[slot] = UInt32(truncatingIfNeeded: example)
                soft.fill(
                    slot, example, classes: set.classes, targets: set.softTargets, weights: set.softWeights,
                    scale: scale)
                gold.fill(
                    slot, example, classes: set.classes, targets: set.goldTargets, weights: set.goldWeights,
                    scale: scale)
            }
            one?[0] = 1
            let (axis, examples, elements) = (program.axes.examples, examples, elements)
            try executor.run(runKey: runKey) { $0 == axis ? examples : elements }
        } catch {
            failure = error
        }
    }

    var loss: Float { lossOutput[0] }

    func pointer(_ buffer: Int) -> UnsafeMutablePointer<Float> { executor.pointer(to: buffer) }

    /// Where this shard's lookups in a table stand.
    func lookups(_ table: TrainingProgram.TableLookups) -> ShardLookups {
        guard let offsets = inputs.offsets else { preconditionFailure("lookups lie on an axis with offsets") }
        return ShardLookups(
            ids: UnsafePointer(executor.pointer(to: table.ids)),
            weights: table.weights.map { UnsafePointer(executor.pointer(to: $0)) }, offsets: UnsafePointer(offsets),
            source: UnsafePointer(executor.pointer(to: table.source)), hasOwnRows: table.hasOwnRows)
    }

    /// The first op of the last run whose result is not finite, found by running it again; nil where all are.
    func firstOpNotFinite(runKey: UInt64) -> String? {
        let program = program
        let counts = program.axes.counts(of: program.program, examples: examples, elements: elements)
        let pointers = program.program.instructions.map { instruction in
            instruction.operands[0].map { executor.pointer(to: $0, as: Float.self) }
        }
        func isFinite(_ index: Int) -> Bool {
            guard let result = program.program.instructions[index].operands[0], let values = pointers[index] else {
                return true
            }
            return (0..<program.program.floats(of: result, counts: counts)).allSatisfy { values[$0].isFinite }
        }
        var found: Int?
        try? executor.run(
            runKey: runKey, count: { counts[$0] },
            whileAfterEach: { index in
                if !isFinite(index) { found = index }
                return found == nil
            })
        return found.map(program.description)
    }
}

/// A view of one shard's lookups in a table and the cotangents that they hand on.
struct ShardLookups {
    let ids: UnsafePointer<UInt32>
    /// Nil where each lookup weighs 1.
    let weights: UnsafePointer<Float>?
    let offsets: UnsafePointer<UInt32>
    let source: UnsafePointer<Float>
    /// Whether lookup i has row i of the source; else it has the row of its example.
    let hasOwnRows: Bool
}

extension TrainingProgram {
    /// Most elements of each axis in a shard.
    func capacities(of limits: BatchLimits) -> [Int] {
        axes.counts(of: program, examples: Trainer.shardExamples, elements: limits.shardElements)
    }
}

extension Program {
    /// Floats of a buffer when its axis has `counts[axis]` elements; 0 for other types.
    fileprivate func floats(of buffer: Int, counts: [Int]) -> Int {
        let b = buffers[buffer]
        let rows = (b.rows.axis.map { counts[$0] } ?? 0) + b.rows.fixed
        switch b.type {
        case .float32, .float32Panels:
            return (b.type.bytes(rows: rows, columns: b.columns) ?? 0) / MemoryLayout<Float>.stride
        case .uint32, .int8Rows, .int4Rows, .int8Panels: return 0
        }
    }
}
