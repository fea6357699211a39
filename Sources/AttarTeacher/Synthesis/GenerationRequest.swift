import AttarStatistics

/// What one text is to be like. A function of the task, its seed, the index and the aim alone.
package struct GenerationRequest: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case plain
        /// A text of the label that a hasty reader could take for another one, by its index.
        case nearMiss(other: Int)
        /// A text of another label, by its index, with as few changes as make it one of the label; as a raw completion its first half
        /// with another end.
        case edit(of: Int)
    }

    package var index: Int
    /// Index into the task's labels.
    package var label: Int
    package var kind = Kind.plain
    /// In the order of the task's attributes; empty for an edit.
    package var attributes: [String] = []
    /// The drawn opening with its placeholders, and with the values in their place; nil where it is empty.
    package var openingPattern: String?
    package var opening: String?
    /// Indices into the task's seeds, in the order in which they are shown.
    package var seeds: [Int] = []
    /// How often the grid of the label was used up before.
    package var pass = 0
    /// The text to edit, once it is known.
    package var source: String?

    package var isHard: Bool { kind != .plain }

    var isEdit: Bool {
        if case .edit = kind { true } else { false }
    }
}

extension GenerationTask {
    /// The first `count` requests.
    package func requests(count: Int) throws(TeacherError) -> [GenerationRequest] {
        try requests(from: 0, count: count)
    }

    /// The requests `start ..< start + count`: labels in turn, or by the weights of the aim; of each label's combinations
    /// of attribute values none twice before all were there.
    ///
    /// - Parameter aim: in place of the task's own; further calls with other aims do not repeat its combinations.
    package func requests(
        from start: Int, count: Int, aim: GenerationAim? = nil
    ) throws(TeacherError) -> [GenerationRequest] {
        try check()
        let course = GenerationCourse(self, aim: aim ?? self.aim)
        let drawing = SeedDrawing(self)
        var requests = (start..<start + count).map { index in
            let label = course.label(at: index)
            let kind = course.kind(at: index, label: label)
            return GenerationRequest(
                index: index, label: label, kind: kind, seeds: drawing.seeds(at: index, label: label, kind: kind))
        }
        for label in labels.indices {
            var grid = grid(of: label)
            var ordinal = 0
            for position in requests.indices where requests[position].label == label {
                let last = course.ordinal(at: requests[position].index)
                while ordinal < last {
                    _ = grid.next()
                    ordinal += 1
                }
                let (cell, pass) = grid.next()
                ordinal += 1
                if !requests[position].isEdit { fill(&requests[position], cell: cell, pass: pass) }
            }
        }
        return requests
    }

    private func fill(_ request: inout GenerationRequest, cell: [Int], pass: Int) {
        let name = labels[request.label].name
        request.pass = pass
        request.attributes = zip(attributes, cell).map { $0.values(for: name)[$1] }
        guard let openings else { return }
        let pattern = openings.values(for: name)[cell[attributes.count]]
        guard pattern.contains(where: { !$0.isWhitespace }) else { return }
        request.openingPattern = pattern
        request.opening = zip(attributes, request.attributes).reduce(pattern) { opening, drawn in
            opening.replacing("{\(drawn.0.name)}", with: drawn.1)
        }
    }

    /// The seed sent with a call: another one for every index.
    func callSeed(index: Int) -> UInt32 { UInt32(truncatingIfNeeded: drawSeed(index: index, position: -1) >> 33) }

    /// A seed for one decision about one request.
    func drawSeed(index: Int, position: Int) -> UInt64 {
        var first = SplitMix64(seed: seed)
        var second = SplitMix64(seed: first.next() &+ UInt64(bitPattern: Int64(index)))
        var third = SplitMix64(seed: second.next() &+ UInt64(bitPattern: Int64(position)))
        return third.next()
    }
}

/// Which label comes when, and which texts are hard cases.
private struct GenerationCourse {
    let task: GenerationTask
    let aim: GenerationAim?
    /// Running sums of the label's weights; nil where labels take turns.
    let sums: [Double]?

    init(_ task: GenerationTask, aim: GenerationAim?) {
        self.task = task
        self.aim = aim
        let weights = (aim?.labelWeights ?? []).map { $0.isFinite ? max(0, $0) : 0 }
        if weights.count == task.labels.count, let first = weights.first, weights.contains(where: { $0 != first }) {
            var sum = 0.0
            sums = weights.map { weight in
                sum += weight
                return sum
            }
        } else {
            sums = nil
        }
    }

    /// Weighted labels follow the first coordinate of the R₂ sequence (Roberts 2018), hard cases the second: every stretch
    /// has each of them in its share.
    func label(at index: Int) -> Int {
        guard let sums, let total = sums.last else { return index % task.labels.count }
        let place = Self.fraction(0.7548776662466927, index) * total
        return sums.firstIndex { place < $0 } ?? sums.count - 1
    }

    /// The place of a request among the combinations of its label. Weighted labels skip some, so that a later stretch with
    /// other weights finds new ones.
    func ordinal(at index: Int) -> Int { sums == nil ? index / task.labels.count : index }

    func kind(at index: Int, label: Int) -> GenerationRequest.Kind {
        guard let aim, aim.hardShare > 0 else { return .plain }
        let place =
            sums == nil
            ? Self.fraction(0.6180339887498949, index / task.labels.count)
            : Self.fraction(0.5698402909980532, index)
        guard place < aim.hardShare, let other = confused(with: label, at: index, aim) else { return .plain }
        return place < aim.hardShare / 2 ? .nearMiss(other: other) : .edit(of: other)
    }

    private func confused(with label: Int, at index: Int, _ aim: GenerationAim) -> Int? {
        let others =
            aim.confused.isEmpty
            ? task.labels.indices.filter { $0 != label }.map { (other: $0, weight: 1.0) }
            : aim.confused.filter { $0.label == label && $0.other != label && $0.weight > 0 }
                .map { (other: $0.other, weight: $0.weight) }
        var random = SplitMix64(seed: task.drawSeed(index: index, position: -3))
        var place = random.uniform() * others.reduce(0) { $0 + $1.weight }
        for candidate in others {
            if place < candidate.weight { return candidate.other }
            place -= candidate.weight
        }
        return others.last?.other
    }

    /// The fraction of half plus `index` steps.
    private static func fraction(_ step: Double, _ index: Int) -> Double {
        (0.5 + step * Double(index)).truncatingRemainder(dividingBy: 1)
    }
}

/// Draws the seeds that a call shows: about half of its own label, the others of other labels, its own last.
private struct SeedDrawing {
    let task: GenerationTask
    let byLabel: [[Int]]

    init(_ task: GenerationTask) {
        self.task = task
        var byLabel = [[Int]](repeating: [], count: task.labels.count)
        for (index, seed) in task.seeds.enumerated() {
            if let label = task.labels.firstIndex(where: { $0.name == seed.label }) { byLabel[label].append(index) }
        }
        self.byLabel = byLabel
    }

    func seeds(at index: Int, label: Int, kind: GenerationRequest.Kind) -> [Int] {
        let count = min(task.seedExamples, task.seeds.count)
        guard count > 0 else { return [] }
        var random = SplitMix64(seed: task.drawSeed(index: index, position: -4))
        let others: [Int]
        switch kind {
        case .plain: others = byLabel.indices.filter { $0 != label && !byLabel[$0].isEmpty }
        case .nearMiss(let other), .edit(of: let other): others = byLabel[other].isEmpty ? [] : [other]
        }
        let rest = others.reduce(0) { $0 + byLabel[$1].count }
        let own = min(byLabel[label].count, max(count - count / 2, count - rest))
        let drawnOwn = draw(own, &random) { _ in byLabel[label] }
        let drawnOthers = draw(min(count - own, rest), &random) { byLabel[others[$0.below(others.count)]] }
        return drawnOthers + drawnOwn
    }

    /// Different seeds, each from the list that comes next.
    private func draw(_ count: Int, _ random: inout SplitMix64, from list: (inout SplitMix64) -> [Int]) -> [Int] {
        var drawn: [Int] = []
        while drawn.count < count {
            let candidates = list(&random)
            let seed = candidates[random.below(candidates.count)]
            if !drawn.contains(seed) { drawn.append(seed) }
        }
        return drawn
    }
}
