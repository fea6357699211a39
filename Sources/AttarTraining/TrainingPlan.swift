import AttarGraph
import AttarRuntime
import AttarStudents

/// The memory that training takes, known before any of it is taken. The set itself comes on top.
package struct TrainingPlan: Sendable, Equatable, CustomStringConvertible {
    /// Parameters.
    package let parameterBytes: Int
    /// Moments of the optimizer, and the average.
    package let stateBytes: Int
    /// Gradients summed over shards, and their lists of table rows.
    package let gradientBytes: Int
    package let shards: Int
    /// Inputs and arena of one shard, with its own gradients.
    package let shardBytes: Int
    /// The best parameters so far, where the caller keeps them.
    package var bestBytes = 0

    /// Of no training at all.
    package static let nothing = TrainingPlan(
        parameterBytes: 0, stateBytes: 0, gradientBytes: 0, shards: 0, shardBytes: 0)

    private init(parameterBytes: Int, stateBytes: Int, gradientBytes: Int, shards: Int, shardBytes: Int) {
        self.parameterBytes = parameterBytes
        self.stateBytes = stateBytes
        self.gradientBytes = gradientBytes
        self.shards = shards
        self.shardBytes = shardBytes
    }

    package var bytes: Int { parameterBytes + stateBytes + gradientBytes + shards * shardBytes + bestBytes }

    /// What comes on top while a checkpoint is written: the file is made in memory.
    package var checkpointBytes: Int { parameterBytes + stateBytes + bestBytes }

    package var description: String {
        "\(megabytes(bytes)): \(megabytes(parameterBytes)) parameters, \(megabytes(stateBytes)) optimizer, "
            + "\(megabytes(gradientBytes)) gradients, \(shards) × \(megabytes(shardBytes)) shards, "
            + "\(megabytes(bestBytes)) the best parameters so far; "
            + "\(megabytes(checkpointBytes)) more while a checkpoint is written"
    }

    /// Throws where the student's graph is wrong or a size cannot be counted.
    package init(
        student: some Student, objective: some Objective, features: PackedFeatures, settings: TrainerSettings
    ) throws {
        try self.init(
            TrainingProgram(student: student, objective: objective), features: features, settings: settings)
    }

    init(_ program: TrainingProgram, features: PackedFeatures, settings: TrainerSettings) throws(RuntimeError) {
        let limits = BatchLimits(features, settings: settings)
        var (parameters, state, gradients) = (0, 0, 0)
        for (declaration, gradient) in zip(program.declarations, program.gradients) {
            guard let size = declaration.type.bytes(rows: declaration.rows, columns: declaration.columns) else {
                throw .tooLarge(buffer: declaration.name)
            }
            func add(_ bytes: Int?, to sum: inout Int) throws(RuntimeError) {
                guard let bytes, let total = sumOfProducts([(sum, 1), (bytes, 1)]) else {
                    throw .tooLarge(buffer: declaration.name)
                }
                sum = total
            }
            try add(size, to: &parameters)
            let moments = settings.moments(of: gradient)
            if moments.first { try add(size, to: &state) }
            if moments.second { try add(size, to: &state) }
            if settings.averageDecay != nil { try add(size, to: &state) }
            switch gradient {
            case .none: break
            case .dense: try add(size, to: &gradients)
            case .sparse:
                try add(
                    TableGradient.bytes(rows: declaration.rows, width: declaration.columns, limits: limits),
                    to: &gradients)
            }
        }
        parameterBytes = parameters
        stateBytes = state
        gradientBytes = gradients
        shards = limits.shards
        shardBytes = try Executor.ownedBytes(program.program, capacities: program.capacities(of: limits))
        guard
            sumOfProducts([
                (parameters, 1), (state, 1), (gradients, 1), (shards, shardBytes), (parameters, 1), (state, 1),
            ]) != nil
        else {
            throw .tooLarge(buffer: "all shards")
        }
    }

    /// Throws where the plan does not fit into memory.
    ///
    /// - Parameters:
    ///   - settings: may hold a limit; else what the machine has free counts.
    ///   - taken: parameters that have their memory already.
    package func check(_ settings: TrainerSettings, taken: ParameterStore? = nil) throws(TrainingError) {
        let takenBytes = taken?.entries.reduce(0) { $0 + $1.bytes } ?? 0
        guard let available = settings.memoryLimitBytes ?? availableMemoryBytes().map({ $0 + takenBytes }) else {
            return
        }
        guard bytes + checkpointBytes <= available else { throw .notEnoughMemory(self, availableBytes: available) }
    }
}

/// The sum of products of counts that are not negative; nil where it overflows.
func sumOfProducts(_ terms: [(Int, Int)]) -> Int? {
    terms.reduce(0) { sum, term in
        let (product, tooLarge) = term.0.multipliedReportingOverflow(by: term.1)
        guard let sum, !tooLarge else { return nil }
        let (total, overflow) = sum.addingReportingOverflow(product)
        return overflow ? nil : total
    }
}
