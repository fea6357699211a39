import AttarGraph
import AttarRuntime

/// The axes of a student's program: examples, and the axis that `ids` lies on, which is divided among them ("features"
/// of a bag, "tokens" of an encoder).
struct ExampleAxes {
    let examples: Int
    /// Nil in a program without ids.
    let elements: Int?

    init(_ program: Program) throws(RuntimeError) {
        elements = program.buffer(named: "ids").flatMap { program.buffers[$0].rows.axis }
        let parent = elements.flatMap { program.axes[$0].parent }
        guard let examples = parent ?? program.axes.firstIndex(where: { $0.parent == nil }) else {
            throw .unknownBuffer(name: "ids")
        }
        self.examples = examples
    }

    /// Capacities, or counts, of each axis of the program.
    func counts(of program: Program, examples: Int, elements: Int) -> [Int] {
        program.axes.indices.map { $0 == self.examples ? examples : elements }
    }
}

/// Where an executor takes packed examples in. Valid as long as the executor.
struct ExampleInputs {
    let axes: ExampleAxes
    private let capacities: (examples: Int, elements: Int)
    private let ids: UnsafeMutablePointer<UInt32>?
    private let weights: UnsafeMutablePointer<Float>?
    /// Where each example's elements start; nil in a program without ids.
    let offsets: UnsafeMutablePointer<UInt32>?

    init(_ executor: borrowing Executor) throws(RuntimeError) {
        let program = executor.program
        axes = try ExampleAxes(program)
        capacities = (executor.capacities[axes.examples], axes.elements.map { executor.capacities[$0] } ?? 0)
        ids = executor.input("ids")
        weights = executor.input("weights")
        if let elements = axes.elements {
            offsets = executor.input(program.axes[elements].name + ".offsets")
        } else {
            offsets = nil
        }
    }

    /// Copies examples in, without gaps; gives the number of their elements.
    func fill(
        _ features: PackedFeatures, with examples: some RandomAccessCollection<Int>
    ) throws(RuntimeError) -> Int {
        guard examples.count <= capacities.examples else {
            throw .overCapacity(axis: "examples", capacity: capacities.examples, count: examples.count)
        }
        var (slot, filled) = (0, 0)
        for example in examples {
            let range = features.offsets[example]..<features.offsets[example + 1]
            guard filled + range.count <= capacities.elements || ids == nil else {
                throw .overCapacity(axis: "features", capacity: capacities.elements, count: filled + range.count)
            }
            offsets?[slot] = UInt32(filled)
            if let ids { features.ids.copy(range, to: ids + filled) }
            if let weights { features.weights.copy(range, to: weights + filled) }
            slot += 1
            filled += range.count
        }
        offsets?[slot] = UInt32(filled)
        return filled
    }
}

extension Executor {
    /// Memory of the input of that name; nil where the program has none.
    borrowing func input<Element>(_ name: String) -> UnsafeMutablePointer<Element>? {
        guard let buffer = program.buffer(named: name) else { return nil }
        return pointer(to: buffer)
    }
}

extension Array {
    /// Copies the elements of a range to memory.
    func copy(_ range: Range<Int>, to memory: UnsafeMutablePointer<Element>) {
        withUnsafeBufferPointer { source in
            guard let base = source.baseAddress, !range.isEmpty else { return }
            memory.update(from: base + range.lowerBound, count: range.count)
        }
    }
}
