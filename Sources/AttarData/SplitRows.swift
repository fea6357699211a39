/// The parts of the rows that are set aside.
package struct SplitFractions: Equatable, Sendable {
    package var validation: Double
    package var calibration: Double

    /// - Parameters: shares of the rows, not negative, together below 1.
    package init(validation: Double, calibration: Double) {
        precondition(
            validation >= 0 && calibration >= 0 && validation + calibration < 1, "shares must leave rows to train")
        self.validation = validation
        self.calibration = calibration
    }
}

/// Splits rows into train, validation and calibration.
///
/// Every stratum (rows of one label; nil is a stratum of its own) gives its share of each part, rounded to whole rows; a
/// stratum of one row stays in train. Texts whose normalised forms are equal or near (`nearDuplicateGroups`) go to one
/// side, even across strata. Which rows go where is decided by hashes of seed and normalised text: neither the order of
/// rows nor rows added to another stratum matter, and a row added to a stratum moves few of its others.
package func splitRows(
    texts: [String], strata: [Int?], fractions: SplitFractions, seed: UInt64, nearDuplicateThreshold: Double = 0.9
) -> [Split] {
    precondition(texts.count == strata.count, "one stratum a row")
    let groups = RowGroup.collect(
        texts: texts, strata: strata, seed: seed,
        firstRows: nearDuplicateGroups(in: texts, threshold: nearDuplicateThreshold))
    var splits = [Split](repeating: .train, count: texts.count)
    for stratum in Dictionary(grouping: groups, by: \.stratum).values {
        let count = stratum.reduce(0) { $0 + $1.rows.count }
        let validationCount = Int((Double(count) * fractions.validation).rounded())
        let calibrationCount = Int((Double(count) * fractions.calibration).rounded())
        let ordered = stratum.sorted { ($0.key, $0.rows[0]) < ($1.key, $1.rows[0]) }
        // From the two ends, so that each border moves by itself when rows come or go.
        var left = take(validationCount, from: ordered, leaving: 1)
        let validation = left.taken
        left = take(calibrationCount, from: left.rest.reversed(), leaving: 1)
        for row in validation.flatMap(\.rows) { splits[row] = .validation }
        for row in left.taken.flatMap(\.rows) { splits[row] = .calibration }
    }
    return splits
}

/// The first groups that together have at most `count` rows; groups too large are passed over.
private func take(
    _ count: Int, from groups: [RowGroup], leaving least: Int
) -> (taken: [RowGroup], rest: [RowGroup]) {
    var taken: [RowGroup] = []
    var rest: [RowGroup] = []
    var missing = count
    for group in groups {
        if group.rows.count <= missing, taken.count + least < groups.count {
            taken.append(group)
            missing -= group.rows.count
        } else {
            rest.append(group)
        }
    }
    return (taken, rest)
}

/// Rows that must stay together.
private struct RowGroup {
    /// Decides the order within a stratum.
    var key: UInt64
    var stratum: Int?
    var rows: [Int]

    static func collect(texts: [String], strata: [Int?], seed: UInt64, firstRows: [Int]) -> [RowGroup] {
        var rowsByFirst: [Int: [Int]] = [:]
        for (row, first) in firstRows.enumerated() { rowsByFirst[first, default: []].append(row) }
        return rowsByFirst.values.map { rows in
            let key = rows.map { StableHash.hash(normalizedText(texts[$0]), seed: seed) }.min() ?? 0
            return RowGroup(key: key, stratum: commonest(rows.map { strata[$0] }), rows: rows)
        }
    }

    /// The stratum that most rows have; of equals the lowest, and none before any.
    private static func commonest(_ strata: [Int?]) -> Int? {
        var counts: [Int?: Int] = [:]
        for stratum in strata { counts[stratum, default: 0] += 1 }
        let best = counts.min { ($1.value, $0.key ?? -1) < ($0.value, $1.key ?? -1) }
        return best?.key ?? nil
    }
}
