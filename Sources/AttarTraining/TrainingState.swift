import AttarRuntime
import AttarStudents

/// All that the steps of a run change: parameters, optimizer state, average, place in the data.
package struct TrainingState {
    package let parameters: ParameterStore
    /// AdamW's first moments or the momentum; nothing for parameters that need none.
    package let firstMoments: ParameterStore
    /// AdamW's second moments or Adagrad's sums of squares.
    let secondMoments: ParameterStore
    /// The running average of the parameters, where the settings ask for one.
    package let average: ParameterStore?
    /// Updates made.
    package internal(set) var step = 0
    /// The epoch under way, counted from 1; 0 before the first.
    package internal(set) var epoch = 0
    /// Steps of that epoch that are done.
    package internal(set) var stepOfEpoch = 0

    init(_ program: TrainingProgram, parameters: ParameterStore, settings: TrainerSettings) throws(RuntimeError) {
        self.parameters = parameters
        let moments = program.gradients.map { settings.moments(of: $0) }
        firstMoments = try ParameterStore(parameters.shapes(where: { moments[$0].first }))
        secondMoments = try ParameterStore(parameters.shapes(where: { moments[$0].second }))
        average = settings.averageDecay == nil ? nil : try parameters.copy()
    }
}

extension TrainerSettings {
    /// Which moments the optimizer of a parameter keeps.
    func moments(of gradient: TrainingProgram.ParameterGradient) -> (first: Bool, second: Bool) {
        switch (gradient, tableOptimizer, optimizer) {
        case (.none, _, _): (false, false)
        case (.sparse, .adagrad, _): (false, true)
        case (_, _, .adamw): (true, true)
        case (_, _, .sgd): (true, false)
        }
    }
}

extension ParameterStore {
    /// The shapes of the entries, those that are not wanted without rows.
    func shapes(
        where isWanted: (Int) -> Bool
    ) -> [(name: String, rows: Int, columns: Int, type: ElementType)] {
        entries.enumerated().map { ($1.name, isWanted($0) ? $1.rows : 0, $1.columns, $1.type) }
    }
}
