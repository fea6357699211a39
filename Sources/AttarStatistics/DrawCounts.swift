/// Accuracy and macro-F1 of drawn rows, for several systems at once.
///
/// Rows with the same true class and the same answers of all systems are one cell. A draw is counted by cell, with one
/// addition a row however many systems there are; the figures then come from the few cells.
package struct DrawCounts {
    private let classCount: Int
    private let systemCount: Int
    /// The cell of each row.
    private let cells: [Int32]
    /// Per cell: the true class, then each system's answer, −1 for none.
    private let contents: [Int32]
    /// Rows drawn, by cell.
    private var counts: [Int32]
    /// By class: rows of it plus rows given it, and rows of it that were given it.
    private var occurrences: [Int]
    private var truePositives: [Int]

    /// - Parameter predictions: for each system the class it gave to each row, nil for no answer.
    package init(truth: [Int], predictions: [[Int?]], classCount: Int) {
        precondition(
            predictions.allSatisfy { $0.count == truth.count }, "each system has an answer or nil for each row")
        self.classCount = classCount
        systemCount = predictions.count
        var numbers: [[Int32]: Int32] = [:]
        var contents: [Int32] = []
        cells = truth.indices.map { row in
            let content = [Int32(truth[row])] + predictions.map { Int32($0[row] ?? -1) }
            if let number = numbers[content] { return number }
            let number = Int32(numbers.count)
            numbers[content] = number
            contents += content
            return number
        }
        self.contents = contents
        counts = [Int32](repeating: 0, count: numbers.count)
        occurrences = [Int](repeating: 0, count: classCount)
        truePositives = occurrences
    }

    /// Counts the rows of a draw, which later figures are about.
    package mutating func count(_ rows: [Int32]) {
        counts.withUnsafeMutableBufferPointer { counts in
            counts.update(repeating: 0)
            cells.withUnsafeBufferPointer { cells in
                for row in rows { counts[Int(cells[Int(row)])] += 1 }
            }
        }
    }

    /// Figures of a system over the rows counted that it answered, and that another one answered too. Without such rows
    /// both are not a number.
    package mutating func figures(
        of system: Int, answeredToo other: Int? = nil
    ) -> (accuracy: Double, macroF1: Double) {
        for index in 0..<classCount {
            occurrences[index] = 0
            truePositives[index] = 0
        }
        var correct = 0
        var rows = 0
        var start = 0
        for cell in counts.indices {
            defer { start += systemCount + 1 }
            let count = Int(counts[cell])
            let given = Int(contents[start + 1 + system])
            guard count > 0, given >= 0, other.map({ contents[start + 1 + $0] >= 0 }) ?? true else { continue }
            let expected = Int(contents[start])
            rows += count
            occurrences[expected] += count
            occurrences[given] += count
            if given == expected {
                truePositives[given] += count
                correct += count
            }
        }
        guard rows > 0 else { return (.nan, .nan) }
        var sum = 0.0
        var occurring = 0
        for index in 0..<classCount where occurrences[index] > 0 {
            sum += ratio(2 * truePositives[index], occurrences[index])
            occurring += 1
        }
        return (ratio(correct, rows), sum / Double(occurring))
    }
}
