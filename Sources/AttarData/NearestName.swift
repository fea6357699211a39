/// The name among `names` that a user most likely meant, or nil if none is close.
package func nearestName(to wanted: String, among names: [String]) -> String? {
    let limit = max(2, wanted.count / 3)
    return
        names
        .map { (name: $0, distance: editDistance(wanted.lowercased(), $0.lowercased(), limit: limit)) }
        .filter { $0.distance <= limit && $0.distance < max(wanted.count, $0.name.count) }
        .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
        .name
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment); more than `limit` may come
/// out as any larger number.
private func editDistance(_ left: String, _ right: String, limit: Int) -> Int {
    let left = Array(left)
    let right = Array(right)
    guard abs(left.count - right.count) <= limit else { return limit + 1 }
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 1...left.count {
        var current = [row]
        for column in 1...right.count {
            let substitution = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
            var best = min(previous[column] + 1, current[column - 1] + 1, substitution)
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                best = min(best, beforePrevious[column - 2] + 1)
            }
            current.append(best)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
}
