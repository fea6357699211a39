/// Sums of figures by row over drawn rows: a row's figures lie together, so that a draw reads each row once.
struct RowSums: Sendable {
    /// The system that each figure belongs to.
    let owners: [Int]
    /// The least and the largest of each figure over the rows its system answered.
    let extremes: [(least: Double, largest: Double)]
    /// Rows × groups of four figures; 0 where the system has no answer.
    private let values: [SIMD4<Double>]
    private let groupCount: Int

    init(predictions: [[Int?]], values columns: [[[Double]]]) {
        let owners = columns.indices.flatMap { system in columns[system].map { _ in system } }
        let columns = columns.flatMap { $0 }
        let rows = predictions.first?.count ?? 0
        let groupCount = (columns.count + 3) / 4
        precondition(columns.allSatisfy { $0.count == rows }, "one figure a row")
        var values = [SIMD4<Double>](repeating: .zero, count: rows * groupCount)
        var extremes = owners.map { _ in (least: Double.infinity, largest: -Double.infinity) }
        for (place, owner) in owners.enumerated() {
            for row in 0..<rows where predictions[owner][row] != nil {
                let value = columns[place][row]
                values[row * groupCount + place / 4][place % 4] = value
                extremes[place] = (min(extremes[place].least, value), max(extremes[place].largest, value))
            }
        }
        self.owners = owners
        self.extremes = extremes
        self.values = values
        self.groupCount = groupCount
    }

    /// The sum of each figure, each row taken as often as it was drawn.
    func sums(_ weights: [UInt16]) -> [Double] {
        guard groupCount > 0 else { return [] }
        var sums = [SIMD4<Double>](repeating: .zero, count: groupCount)
        values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                var place = 0
                for weight in weights {
                    let weight = Double(weight)
                    for group in 0..<groupCount { sums[group] += weight * values[place + group] }
                    place += groupCount
                }
            }
        }
        return owners.indices.map { sums[$0 / 4][$0 % 4] }
    }
}
