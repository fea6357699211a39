import AttarStudents
import AttarTraining
import Foundation

/// Trains a bag student in double precision from the formulas alone: no graph, no kernels, no shards.
struct ReferenceTrainer {
    let set: TrainingSet
    let settings: TrainerSettings
    let temperature: Double
    let usesSoftLabels: Bool
    private(set) var parameters: [String: Matrix]
    /// The running average of the parameters.
    private(set) var average: [String: Matrix]
    private var moments: [String: (first: Matrix, second: Matrix)] = [:]
    private var step = 0

    struct Matrix {
        var rows: Int
        var columns: Int
        var values: [Double]

        init(_ rows: Int, _ columns: Int) {
            self.rows = rows
            self.columns = columns
            values = [Double](repeating: 0, count: rows * columns)
        }

        subscript(row: Int, column: Int) -> Double {
            get { values[row * columns + column] }
            set { values[row * columns + column] = newValue }
        }
    }

    init(
        _ store: ParameterStore, set: TrainingSet, settings: TrainerSettings, temperature: Double, usesSoftLabels: Bool
    ) {
        self.set = set
        self.settings = settings
        self.temperature = temperature
        self.usesSoftLabels = usesSoftLabels
        parameters = [:]
        average = [:]
        for (index, entry) in store.entries.enumerated() {
            var matrix = Matrix(entry.rows, entry.columns)
            matrix.values = store.rowMajor(at: index).map(Double.init)
            parameters[entry.name] = matrix
            moments[entry.name] = (Matrix(entry.rows, entry.columns), Matrix(entry.rows, entry.columns))
        }
        average = parameters
    }

    private func linear(_ name: String, _ x: [Double]) -> [Double] {
        guard let weights = parameters["\(name).weight"], let bias = parameters["\(name).bias"] else { return x }
        return (0..<weights.rows).map { row in
            (0..<weights.columns).reduce(bias[0, row]) { $0 + weights[row, $1] * x[$1] }
        }
    }

    /// One update; gives the loss before it.
    mutating func train(on examples: ArraySlice<Int>) -> Double {
        step += 1
        var gradients = parameters.mapValues { Matrix($0.rows, $0.columns) }
        var touched: Set<Int> = []
        let total = examples.reduce(0.0) {
            $0 + Double((usesSoftLabels ? set.softWeights[$1] : 0) + set.goldWeights[$1])
        }
        var loss = 0.0
        for example in examples {
            loss += add(example, scale: total > 0 ? 1 / total : 0, to: &gradients, touching: &touched)
        }
        let norm = gradients.values.reduce(0.0) { $1.values.reduce($0) { $0 + $1 * $1 } }.squareRoot()
        let scale = settings.largestGradientNorm.map { min(1, Double($0) / norm) } ?? 1
        for (name, gradient) in gradients { update(name, gradient, scale: scale, touched: touched) }
        let decay = settings.averageDecay.map { min(Double($0), Double(step + 1) / Double(step + 10)) } ?? 0
        for (name, matrix) in parameters {
            guard var mean = average[name] else { continue }
            for index in mean.values.indices {
                mean.values[index] = decay * mean.values[index] + (1 - decay) * matrix.values[index]
            }
            average[name] = mean
        }
        return loss
    }

    private func add(
        _ example: Int, scale: Double, to gradients: inout [String: Matrix], touching touched: inout Set<Int>
    ) -> Double {
        guard let table = parameters["table"] else { return 0 }
        let features = set.features.offsets[example]..<set.features.offsets[example + 1]
        var bag = [Double](repeating: 0, count: table.columns)
        for feature in features {
            for column in bag.indices {
                bag[column] += Double(set.features.weights[feature]) * table[Int(set.features.ids[feature]), column]
            }
        }
        let hasHidden = parameters["hidden.weight"] != nil
        let before = hasHidden ? linear("hidden", bag) : []
        let inner = hasHidden ? before.map { max(0, $0) } : bag
        let logits = linear("head", inner)

        var loss = 0.0
        var dLogits = [Double](repeating: 0, count: logits.count)
        func term(_ targets: [Float], weight: Double, temperature: Double) {
            let exponentials = logits.map { exp($0 / temperature) }
            let sum = exponentials.reduce(0, +)
            let row = targets[(example * set.classes)..<((example + 1) * set.classes)].map(Double.init)
            let mass = row.reduce(0, +)
            for label in row.indices {
                // The KL term counts T² times.
                loss -= weight * temperature * temperature * row[label] * log(exponentials[label] / sum)
                dLogits[label] += weight * temperature * (exponentials[label] / sum * mass - row[label])
            }
        }
        if usesSoftLabels {
            term(set.softTargets, weight: Double(set.softWeights[example]) * scale, temperature: temperature)
        }
        term(set.goldTargets, weight: Double(set.goldWeights[example]) * scale, temperature: 1)

        func back(_ name: String, _ x: [Double], _ dy: [Double]) -> [Double] {
            guard let weights = parameters["\(name).weight"] else { return dy }
            for row in dy.indices {
                for column in x.indices { gradients["\(name).weight"]?[row, column] += dy[row] * x[column] }
                gradients["\(name).bias"]?[0, row] += dy[row]
            }
            return x.indices.map { column in dy.indices.reduce(0) { $0 + dy[$1] * weights[$1, column] } }
        }
        var dBag = back("head", inner, dLogits)
        if hasHidden { dBag = back("hidden", bag, zip(before, dBag).map { $0 > 0 ? $1 : 0 }) }
        for feature in features where set.features.weights[feature] != 0 {
            let row = Int(set.features.ids[feature])
            touched.insert(row)
            for column in dBag.indices {
                gradients["table"]?[row, column] += Double(set.features.weights[feature]) * dBag[column]
            }
        }
        return loss
    }

    private mutating func update(_ name: String, _ gradient: Matrix, scale: Double, touched: Set<Int>) {
        guard var x = parameters[name], var (m, v) = moments[name] else { return }
        let share = Double(settings.schedule.share(at: step))
        let decay = name.hasSuffix(".bias") ? 0 : Double(settings.optimizer.weightDecay)
        for row in 0..<x.rows where name != "table" || touched.contains(row) {
            for column in 0..<x.columns {
                let g = gradient[row, column] * scale
                let rate: Double
                let direction: Double
                switch (settings.tableOptimizer, settings.optimizer) {
                case (.adagrad(let peak), .adamw(let adamw)) where name == "table":
                    rate = Double(peak) * share
                    v[row, column] += g * g
                    direction = g / (v[row, column].squareRoot() + Double(adamw.epsilon))
                case (_, .adamw(let adamw)):
                    let (beta1, beta2) = (Double(adamw.beta1), Double(adamw.beta2))
                    rate = Double(settings.schedule.peak) * share
                    m[row, column] = beta1 * m[row, column] + (1 - beta1) * g
                    v[row, column] = beta2 * v[row, column] + (1 - beta2) * g * g
                    let first = m[row, column] / (1 - pow(beta1, Double(step)))
                    let second = v[row, column] / (1 - pow(beta2, Double(step)))
                    direction = first / (second.squareRoot() + Double(adamw.epsilon))
                case (_, .sgd(let sgd)):
                    rate = Double(settings.schedule.peak) * share
                    m[row, column] = Double(sgd.momentum) * m[row, column] + g
                    direction = m[row, column]
                }
                x[row, column] = x[row, column] * (1 - rate * decay) - rate * direction
            }
        }
        parameters[name] = x
        moments[name] = (m, v)
    }
}
