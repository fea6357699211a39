/// A scale and an offset for each class that calibrate a classifier: softmax(scales ⊙ logits + offsets).
package struct VectorScaling: Hashable, Sendable, Codable {
    package let scales: [Double]
    package let offsets: [Double]

    package init(scales: [Double], offsets: [Double]) {
        self.scales = scales
        self.offsets = offsets
    }

    /// Rows × classes, row-major.
    package func applied(to logits: [Float]) -> [Float] {
        let classCount = scales.count
        return logits.indices.map { Float(Double(logits[$0]) * scales[$0 % classCount] + offsets[$0 % classCount]) }
    }
}

/// Vector scaling (Guo et al. 2017, "On calibration of modern neural networks", §4.2), drawn towards temperature scaling:
/// the least of −Σ log softmax(scales ⊙ z + offsets)[truth] + ridge/2 · Σ((scales · temperature − 1)² + offsets²).
///
/// The ridge makes the objective strictly convex, and keeps classes with few rows close to the one temperature. By L-BFGS
/// (Nocedal and Wright 2006, §7.2) with additions, multiplications, divisions, roots and our own exponential in a fixed order: the
/// result is the same on every machine. No rows give the temperature alone.
///
/// - Parameters:
///   - logits: rows × classes, row-major; unlike for a temperature, a constant added to a row matters.
///   - truth: the true class of each row.
///   - temperature: what scales are drawn to: 1 / temperature.
package func fitVectorScaling(
    logits: [Float], truth: [Int], classCount: Int, temperature: Double = 1, ridge: Double = 16
) -> VectorScaling {
    precondition(logits.count == truth.count * classCount, "one logit a row and class")
    precondition(temperature > 0 && ridge > 0, "temperature and ridge are positive")
    let objective = VectorObjective(
        logits: logits.map { Double($0) / temperature }, truth: truth, classCount: classCount, ridge: ridge)
    let found = leastByLBFGS(from: [Double](repeating: 0, count: 2 * classCount), objective.value)
    return VectorScaling(
        scales: found[..<classCount].map { (1 + $0) / temperature }, offsets: Array(found[classCount...]))
}

/// The objective in (scale − 1, offset), on logits that are divided by the temperature.
private struct VectorObjective {
    let logits: [Double]
    let truth: [Int]
    let classCount: Int
    let ridge: Double

    /// A value whose differences are those of the objective where steps are small, and the gradient.
    func value(_ at: [Double]) -> (value: Double, gradient: [Double]) {
        var gradient = at.map { ridge * $0 }
        var value = 0.5 * ridge * dot(at, at)
        var shifted = [Double](repeating: 0, count: classCount)
        for row in truth.indices {
            let start = row * classCount
            var largest = -Double.infinity
            for index in 0..<classCount {
                shifted[index] = (1 + at[index]) * logits[start + index] + at[classCount + index]
                if shifted[index] > largest { largest = shifted[index] }
            }
            let wanted = shifted[truth[row]] - largest
            var total = 0.0
            for index in 0..<classCount {
                shifted[index] = exponential(shifted[index] - largest)
                total += shifted[index]
            }
            value += naturalLogarithm(total) - wanted
            for index in 0..<classCount {
                let difference = shifted[index] / total - (index == truth[row] ? 1 : 0)
                gradient[index] += difference * logits[start + index]
                gradient[classCount + index] += difference
            }
        }
        return (value, gradient)
    }
}

/// The least of a smooth strictly convex function: limited-memory BFGS with a backtracking line search.
private func leastByLBFGS(
    from start: [Double], memory: Int = 8, steps: Int = 500,
    _ function: ([Double]) -> (value: Double, gradient: [Double])
) -> [Double] {
    var position = start
    var (value, gradient) = function(position)
    let tolerance = 1e-9 * (1 + dot(gradient, gradient).squareRoot())
    var pairs: [(step: [Double], change: [Double], curvature: Double)] = []
    for _ in 0..<steps where dot(gradient, gradient).squareRoot() > tolerance {
        // The two loops of the recursion.
        var direction = gradient.map { -$0 }
        var shares: [Double] = []
        for pair in pairs.reversed() {
            let share = dot(pair.step, direction) / pair.curvature
            shares.append(share)
            for index in direction.indices { direction[index] -= share * pair.change[index] }
        }
        let size = dot(gradient, gradient).squareRoot()
        let scale = pairs.last.map { $0.curvature / dot($0.change, $0.change) } ?? 1 / (1 + size)
        for index in direction.indices { direction[index] *= scale }
        for (pair, share) in zip(pairs, shares.reversed()) {
            let back = share - dot(pair.change, direction) / pair.curvature
            for index in direction.indices { direction[index] += back * pair.step[index] }
        }
        let slope = dot(gradient, direction)
        var length = 1.0
        var next = position
        var found = function(position)
        var isLower = false
        while length > 1e-12, !isLower {
            for index in next.indices { next[index] = position[index] + length * direction[index] }
            found = function(next)
            isLower = found.value <= value + 1e-4 * length * slope
            length *= 0.5
        }
        guard isLower else { break }
        let step = zip(next, position).map { $0 - $1 }
        let change = zip(found.gradient, gradient).map { $0 - $1 }
        let curvature = dot(step, change)
        if curvature > 0 { pairs.append((step, change, curvature)) }
        if pairs.count > memory { pairs.removeFirst() }
        position = next
        (value, gradient) = found
    }
    return position
}

private func dot(_ first: [Double], _ second: [Double]) -> Double {
    var sum = 0.0
    for index in first.indices { sum += first[index] * second[index] }
    return sum
}

/// The natural logarithm of a positive normal number with the same bits everywhere: x = m·2ᵉ with m near 1, then the series of
/// 2 artanh((m − 1) / (m + 1)) (Abramowitz and Stegun 1964, 4.1.27).
package func naturalLogarithm(_ value: Double) -> Double {
    var mantissa = value.significand
    var power = Double(value.exponent)
    if mantissa > 2.0.squareRoot() {
        mantissa *= 0.5
        power += 1
    }
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var sum = 1.0 / 21
    for divisor in stride(from: 19.0, through: 1, by: -2) { sum = sum * square + 1 / divisor }
    return power * 0.69314718055994531 + 2 * ratio * sum
}
