import AttarRuntime
import AttarStudents
import CAttarTrainingKernels

/// Everything between the shards' gradients and new parameters: sums over shards, norm, optimizer, average.
///
/// The work is cut into ranges that depend on nothing but the shapes, and the norm adds its blocks in their order; so
/// the threads do not change a bit.
final class ParameterUpdate: PooledWork {
    /// Elements of a block of the norm, and of a range that one thread takes.
    private static let normBlock = 4096
    private static let rangeElements = 4 * normBlock

    private let settings: TrainerSettings
    private let kernels: attar_training_kernel_table
    private let pool: WorkerPool
    /// Owners of the memory that the pointers below name.
    private let owners: [ParameterStore]
    private var dense: [DenseParameter] = []
    private var tables: [TableParameter] = []
    /// Ranges of the dense gradients' elements, and of all averaged elements.
    private var denseRanges: [ElementRange] = []
    private var averageRanges: [ElementRange] = []
    /// Squares of the gradient, summed a block: the dense ones by element range, then the tables' by rows.
    private let norms: UnsafeMutableBufferPointer<Double>
    private let denseNorms: Int

    private enum Phase { case sum, update, average }
    private var phase = Phase.sum
    private var live = 0
    private var isFirstRound = true
    private var isLastRound = true
    private var decayed = StepSettings()
    private var undecayed = StepSettings()
    private var decay: Float = 0

    private struct ElementRange {
        let parameter: Int
        let from, to: Int
        /// Place of its first block among the norms.
        var norm = 0
    }

    /// What the kernels of one step get.
    private struct StepSettings {
        var adamw = attar_adamw()
        var sgd = attar_sgd()
        var adagrad = attar_adagrad()
    }

    /// Memory of one parameter; pointers stay valid as long as the stores.
    private struct Memory {
        let value: UnsafeMutablePointer<Float>?
        let first, second, average: UnsafeMutablePointer<Float>?
        let count: Int
        let decays: Bool

        init(_ state: TrainingState, _ index: Int, _ declaration: ParameterDeclaration) {
            value = state.parameters.floats(index).baseAddress
            first = state.firstMoments.floats(index).baseAddress
            second = state.secondMoments.floats(index).baseAddress
            average = state.average?.floats(index).baseAddress
            count = state.parameters.floats(index).count
            decays = declaration.decays
        }

        func ranges(of parameter: Int) -> [ElementRange] {
            stride(from: 0, to: count, by: rangeElements).map {
                ElementRange(parameter: parameter, from: $0, to: min($0 + rangeElements, count))
            }
        }
    }

    private struct DenseParameter {
        let memory: Memory
        let sum: UnsafeMutablePointer<Float>?
        /// The sum so far, then the gradient of each shard.
        let parts: UnsafeMutablePointer<UnsafePointer<Float>?>
    }

    private struct TableParameter {
        let memory: Memory
        let gradient: TableGradient
        /// Rows that one thread takes, and that one block of the norm holds.
        let rowsAtOnce: Int
        let norm: Int

        var ranges: Int { (gradient.touchedRows + rowsAtOnce - 1) / rowsAtOnce }
    }

    init(
        _ program: TrainingProgram, shards: [Shard], limits: BatchLimits, state: TrainingState,
        sums: ParameterStore, settings: TrainerSettings, kernels: TrainingKernels, pool: WorkerPool
    ) {
        self.settings = settings
        self.kernels = kernels.functions
        self.pool = pool
        owners = [sums, state.parameters, state.firstMoments, state.secondMoments] + (state.average.map { [$0] } ?? [])
        var normCount = 0
        for (index, gradient) in program.gradients.enumerated() {
            guard case .dense(let output) = gradient else { continue }
            let memory = Memory(state, index, program.declarations[index])
            let parts = UnsafeMutablePointer<UnsafePointer<Float>?>.allocate(capacity: shards.count + 1)
            let sum = sums.floats(index).baseAddress
            parts[0] = sum.map { UnsafePointer($0) }
            for (slot, shard) in shards.enumerated() { parts[slot + 1] = UnsafePointer(shard.pointer(output)) }
            for var range in memory.ranges(of: dense.count) {
                range.norm = normCount
                normCount += (range.to - range.from + Self.normBlock - 1) / Self.normBlock
                denseRanges.append(range)
            }
            dense.append(DenseParameter(memory: memory, sum: sum, parts: parts))
        }
        denseNorms = normCount
        for (index, gradient) in program.gradients.enumerated() {
            guard case .sparse(let lookups) = gradient else { continue }
            let entry = state.parameters.entries[index]
            let table = TableGradient(
                rows: entry.rows, width: entry.columns, limits: limits, shards: shards, lookups: lookups)
            let rowsAtOnce = max(1, Self.normBlock / entry.columns)
            tables.append(
                TableParameter(
                    memory: Memory(state, index, program.declarations[index]), gradient: table,
                    rowsAtOnce: rowsAtOnce, norm: normCount))
            normCount += (min(entry.rows, limits.elements) + rowsAtOnce - 1) / rowsAtOnce
        }
        norms = .allocate(capacity: normCount)
        norms.initialize(repeating: 0)
        if settings.averageDecay != nil {
            let all = dense.map(\.memory) + tables.map(\.memory)
            averageRanges = all.enumerated().flatMap { $1.ranges(of: $0) }
        }
    }

    deinit {
        for parameter in dense { parameter.parts.deallocate() }
        norms.deallocate()
    }

    /// Adds the gradients of the first `live` shards to those of the step's earlier rounds.
    func addGradients(live: Int, isFirstRound: Bool, isLastRound: Bool) {
        self.live = live
        self.isFirstRound = isFirstRound
        self.isLastRound = isLastRound
        for table in tables { table.gradient.collect(live: live, isFirstRound: isFirstRound) }
        phase = .sum
        pool.run(self, parts: parts)
    }

    /// The norm of all gradients, before any scaling; nil where nothing asks for it.
    var gradientNorm: Double? {
        guard settings.largestGradientNorm != nil else { return nil }
        var sum = 0.0
        for index in 0..<denseNorms { sum += norms[index] }
        for table in tables {
            for index in 0..<table.ranges { sum += norms[table.norm + index] }
        }
        return sum.squareRoot()
    }

    /// Moves the parameters. `step` counts from 1.
    func update(step: Int, gradientScale: Float) {
        let rate = settings.schedule.rate(at: step)
        decayed = stepSettings(step, rate: rate, decays: true, gradientScale: gradientScale)
        undecayed = stepSettings(step, rate: rate, decays: false, gradientScale: gradientScale)
        phase = .update
        pool.run(self, parts: parts)
        if let decay = settings.averageDecay {
            // A shorter memory early on, so that the start values do not linger: the rule of TensorFlow's
            // ExponentialMovingAverage with a step count.
            self.decay = min(decay, Float(step + 1) / Float(step + 10))
            phase = .average
            pool.run(self, parts: averageRanges.count)
        }
    }

    private var parts: Int { tables.reduce(denseRanges.count) { $0 + $1.ranges } }

    private func stepSettings(_ step: Int, rate: Float, decays: Bool, gradientScale: Float) -> StepSettings {
        var result = StepSettings()
        switch settings.optimizer {
        case .adamw(let settings):
            result.adamw = settings.step(step, learningRate: rate, decays: decays, gradientScale: gradientScale)
            result.adagrad.epsilon = settings.epsilon
        case .sgd(let settings):
            result.sgd = settings.step(learningRate: rate, decays: decays, gradientScale: gradientScale)
            result.adagrad.epsilon = AdamWSettings().epsilon
        }
        if case .adagrad(let peak) = settings.tableOptimizer {
            result.adagrad.learning_rate = peak * settings.schedule.share(at: step)
            result.adagrad.weight_decay = decays ? settings.optimizer.weightDecay : 0
            result.adagrad.gradient_scale = gradientScale
        }
        return result
    }

    // MARK: Parts

    func run(part: Int, worker: Int) {
        if phase == .average { return average(averageRanges[part]) }
        if part < denseRanges.count {
            let range = denseRanges[part]
            return phase == .sum ? sum(range, of: dense[range.parameter]) : update(range, of: dense[range.parameter])
        }
        var range = part - denseRanges.count
        for table in tables {
            if range < table.ranges { return phase == .sum ? sum(range, of: table) : update(range, of: table) }
            range -= table.ranges
        }
    }

    private func sum(_ range: ElementRange, of parameter: DenseParameter) {
        let skipped = isFirstRound ? 1 : 0
        kernels.sum_shards(
            parameter.sum, parameter.parts + skipped, Int64(live + 1 - skipped), Int64(range.from), Int64(range.to))
        guard isLastRound, settings.largestGradientNorm != nil else { return }
        for (index, start) in stride(from: range.from, to: range.to, by: Self.normBlock).enumerated() {
            norms[range.norm + index] = kernels.sum_squares(
                parameter.sum, Int64(start), Int64(min(start + Self.normBlock, range.to)))
        }
    }

    private func update(_ range: ElementRange, of parameter: DenseParameter) {
        let (memory, from, to) = (parameter.memory, Int64(range.from), Int64(range.to))
        let step = memory.decays ? decayed : undecayed
        switch settings.optimizer {
        case .adamw: kernels.adamw(memory.value, memory.first, memory.second, parameter.sum, from, to, step.adamw)
        case .sgd: kernels.sgd(memory.value, memory.first, parameter.sum, from, to, step.sgd)
        }
    }

    private func rows(_ range: Int, of table: TableParameter) -> (from: Int64, to: Int64) {
        let from = range * table.rowsAtOnce
        return (Int64(from), Int64(min(from + table.rowsAtOnce, table.gradient.touchedRows)))
    }

    private func sum(_ range: Int, of table: TableParameter) {
        let (gradient, (from, to)) = (table.gradient, rows(range, of: table))
        let width = Int64(gradient.width)
        kernels.sum_row_uses(gradient.gradient, gradient.uses, gradient.first, from, to, width)
        guard isLastRound, settings.largestGradientNorm != nil else { return }
        norms[table.norm + range] = kernels.sum_squares(gradient.gradient, from * width, to * width)
    }

    private func update(_ range: Int, of table: TableParameter) {
        let (memory, gradient, (from, to)) = (table.memory, table.gradient, rows(range, of: table))
        let step = memory.decays ? decayed : undecayed
        let width = Int64(gradient.width)
        switch (settings.tableOptimizer, settings.optimizer) {
        case (.adagrad, _):
            kernels.adagrad_rows(
                memory.value, memory.second, gradient.gradient, gradient.row, from, to, width, step.adagrad)
        case (.shared, .adamw):
            kernels.adamw_rows(
                memory.value, memory.first, memory.second, gradient.gradient, gradient.row, from, to, width, step.adamw)
        case (.shared, .sgd):
            kernels.sgd_rows(memory.value, memory.first, gradient.gradient, gradient.row, from, to, width, step.sgd)
        }
    }

    private func average(_ range: ElementRange) {
        let memory =
            range.parameter < dense.count
            ? dense[range.parameter].memory : tables[range.parameter - dense.count].memory
        kernels.average(memory.average, memory.value, decay, Int64(range.from), Int64(range.to))
    }
}
