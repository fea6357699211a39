import Foundation

/// Sizes at which to measure a learning curve: each about twice the one before, ending with all rows.
///
/// - Parameters:
///   - rows: all rows there are.
///   - points: how many sizes at most.
///   - least: no size below this one.
package func learningCurveSizes(rows: Int, points: Int = 5, least: Int = 10) -> [Int] {
    precondition(points > 0 && least > 0, "a curve has points")
    guard rows > 0 else { return [] }
    var sizes = [rows]
    while sizes.count < points, sizes[0] / 2 >= least { sizes.insert(sizes[0] / 2, at: 0) }
    return sizes
}

/// The rows of each size of a learning curve: every set holds the smaller ones, and classes keep their shares.
///
/// Rows of each class are shuffled, then taken in turn by their place within the class.
///
/// - Parameter strata: the class of each row.
package func nestedSubsets(strata: [Int], sizes: [Int], seed: UInt64) -> [[Int]] {
    precondition(sizes.allSatisfy { (0...strata.count).contains($0) }, "a subset has at most all rows")
    var generator = SplitMix64(seed: seed)
    var members: [Int: [Int]] = [:]
    for row in strata.indices { members[strata[row], default: []].append(row) }
    var ranked: [(share: Double, row: Int)] = []
    for stratum in members.keys.sorted() {
        let shuffled = generator.shuffled(members[stratum] ?? [])
        for (place, row) in shuffled.enumerated() {
            ranked.append(((Double(place) + 0.5) / Double(shuffled.count), row))
        }
    }
    ranked.sort { ($0.share, $0.row) < ($1.share, $1.row) }
    return sizes.map { size in ranked.prefix(size).map(\.row).sorted() }
}
