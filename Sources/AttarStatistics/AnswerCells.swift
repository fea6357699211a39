/// Rows with the same true class and the same answers of all systems, taken together as cells: figures of drawn rows
/// come from the few cells, with one addition a row however many systems there are.
package struct AnswerCells: Sendable {
    private let classCount: Int
    /// The cell of each row.
    private let cells: [Int32]
    /// The true class of each cell.
    private let truth: [Int32]
    /// For each system its answer in each cell, −1 for none.
    private let answers: [[Int32]]

    /// - Parameter predictions: for each system the class it gave to each row, nil for no answer.
    package init(truth: [Int], predictions: [[Int?]], classCount: Int) {
        precondition(
            predictions.allSatisfy { $0.count == truth.count }, "each system has an answer or nil for each row")
        self.classCount = classCount
        var numbers: [[Int32]: Int32] = [:]
        var contents: [[Int32]] = []
        cells = truth.indices.map { row in
            let content = [Int32(truth[row])] + predictions.map { Int32($0[row] ?? -1) }
            if let number = numbers[content] { return number }
            let number = Int32(contents.count)
            numbers[content] = number
            contents.append(content)
            return number
        }
        self.truth = contents.map { $0[0] }
        answers = predictions.indices.map { system in contents.map { $0[system + 1] } }
    }

    /// Whether `other` answered all rows that `system` answered.
    package func hasAnswers(of other: Int, whereAnswered system: Int) -> Bool {
        zip(answers[system], answers[other]).allSatisfy { $0 < 0 || $1 >= 0 }
    }

    /// Rows drawn of each cell.
    ///
    /// - Parameter weights: how often each row was drawn.
    package func counts(_ weights: [UInt16]) -> [Int32] {
        precondition(weights.count == cells.count, "one weight a row")
        var counts = [Int32](repeating: 0, count: truth.count)
        counts.withUnsafeMutableBufferPointer { counts in
            cells.withUnsafeBufferPointer { cells in
                for row in cells.indices { counts[Int(cells[row])] += Int32(weights[row]) }
            }
        }
        return counts
    }

    /// Figures of a system by class, over the rows counted that it answered, and that another one answered too.
    package func classes(of system: Int, answeredToo other: Int? = nil, counts: [Int32]) -> [ClassMetrics] {
        let given = answers[system]
        let needed = answers[other ?? system]
        var support = [Int](repeating: 0, count: classCount)
        var predicted = support
        var truePositives = support
        for cell in counts.indices where counts[cell] > 0 && given[cell] >= 0 && needed[cell] >= 0 {
            let count = Int(counts[cell])
            support[Int(truth[cell])] += count
            predicted[Int(given[cell])] += count
            if given[cell] == truth[cell] { truePositives[Int(given[cell])] += count }
        }
        return (0..<classCount).map {
            ClassMetrics(truePositives: truePositives[$0], predictedCount: predicted[$0], support: support[$0])
        }
    }
}
