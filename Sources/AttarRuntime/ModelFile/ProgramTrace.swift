/// Runs the program of a model over one text at a time and hashes what each instruction makes.
package struct ProgramTrace: ~Copyable {
    private let file: ModelFile
    private var executor: Executor
    private let scratch: NGramScratch

    /// For texts of at most so many bytes.
    package init(_ file: ModelFile, textBytes: Int, kernels: Kernels) throws(RuntimeError) {
        let features = file.featurizer.mostIds(bytes: textBytes)
        executor = try Executor(
            file.program, capacities: file.interface.capacities(features: features), parameters: file.parameters,
            kernels: kernels)
        scratch = NGramScratch(for: file.featurizer)
        self.file = file
    }

    /// Calls `body` with the hash of ids and weights, for which the instruction is nil, and with that of what each
    /// instruction makes, until it says to stop.
    package mutating func run(
        _ text: UnsafeBufferPointer<UInt8>, whileEach body: (_ instruction: Int?, _ hash: UInt64) -> Bool
    ) throws(RuntimeError) {
        let interface = file.interface
        let ids = executor.pointer(to: interface.ids, as: UInt32.self)
        let weights = interface.weights.map { executor.pointer(to: $0, as: Float.self) }
        let count = file.featurizer.featurize(text, scratch: scratch, ids: ids, weights: weights).count
        let offsets = executor.pointer(to: interface.offsets, as: UInt32.self)
        (offsets[0], offsets[1]) = (0, UInt32(count))

        var features = WordHash()
        features.add(ids, count: count)
        if let weights { features.add(weights, count: count) }
        guard body(nil, features.value) else { return }
        let program = file.program
        let capacities = interface.capacities(features: count)
        // Memory is shared between results, so each is hashed before the next instruction. The first operand alone is a
        // result: what else an instruction writes is working memory.
        let pointers = program.instructions.map { executor.pointer(to: $0.operands[0] ?? 0, as: UInt32.self) }
        let words = program.instructions.map { program.bytes(of: $0.operands[0] ?? 0, counts: capacities) ?? 0 }
        try executor.run(
            runKey: 0, count: { capacities[$0] },
            whileAfterEach: { index in
                var hash = WordHash()
                hash.add(pointers[index], count: words[index] / 4)
                return body(index, hash.value)
            })
    }

    /// Of the last text.
    package func probability(of label: Int) -> UInt32 {
        executor.pointer(to: file.interface.probabilities, as: UInt32.self)[label]
    }
}

/// FNV-1a over words of 32 bits: tells results apart that differ, if by nobody's design.
private struct WordHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add<Word>(_ words: UnsafePointer<Word>, count: Int) {
        let words = UnsafeRawPointer(words).assumingMemoryBound(to: UInt32.self)
        for index in 0..<count { value = (value ^ UInt64(words[index])) &* 0x0000_0100_0000_01B3 }
    }
}
