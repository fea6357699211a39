import AttarStatistics

/// The combinations of attribute values for one label: each comes once before any comes again.
///
/// Of every attribute the values come in shuffled rounds, so that a few texts already have each value about equally often
/// (as Latin hypercube sampling, McKay et al. 1979). Where such a combination was there before or is excluded, one value is
/// exchanged for another of its round; where that does not help, the next combination of a walk through the whole grid is
/// taken.
struct GenerationGrid {
    /// How many values each attribute has.
    private let sizes: [Int]
    /// Values that never go together, as indices by attribute.
    private let exclusions: [[(attribute: Int, value: Int)]]
    private var random: SplitMix64
    private var rounds: [[Int]]
    private var used: Set<Int> = []
    /// How often the grid was used up.
    private var pass = 0
    private var walk: Walk

    init(sizes: [Int], exclusions: [[(attribute: Int, value: Int)]], seed: UInt64) {
        self.sizes = sizes
        self.exclusions = exclusions
        random = SplitMix64(seed: seed)
        rounds = sizes.map { _ in [] }
        walk = Walk(sizes: sizes, &random)
    }

    /// The next combination, as an index of each attribute's values, and how often the grid was used up before it. There must be
    /// one: `hasCell()`.
    mutating func next() -> (cell: [Int], pass: Int) {
        guard !sizes.isEmpty else { return ([], 0) }
        for attribute in sizes.indices where rounds[attribute].isEmpty {
            rounds[attribute] = random.shuffled(Array(0..<sizes[attribute]))
        }
        if let cell = nextOfRounds() ?? nextOfWalk() {
            used.insert(number(of: cell))
            return (cell, pass)
        }
        pass += 1
        used = []
        rounds = sizes.map { _ in [] }
        walk = Walk(sizes: sizes, &random)
        return next()
    }

    /// Whether the exclusions leave any combination; with `fixed`, any that has this value.
    func hasCell(with fixed: (attribute: Int, value: Int)? = nil) -> Bool {
        let involved = Set(exclusions.joined().map(\.attribute)).filter { $0 != fixed?.attribute }.sorted()
        func canComplete(_ cell: [Int?], _ rest: ArraySlice<Int>) -> Bool {
            if exclusions.contains(where: { $0.allSatisfy { cell[$0.attribute] == $0.value } }) { return false }
            guard let attribute = rest.first else { return true }
            let named = Set(exclusions.joined().filter { $0.attribute == attribute }.map(\.value))
            // Values that no exclusion names are all alike, and the best to take.
            let values = (0..<sizes[attribute]).first { !named.contains($0) }.map { [$0] } ?? named.sorted()
            return values.contains { value in
                var cell = cell
                cell[attribute] = value
                return canComplete(cell, rest.dropFirst())
            }
        }
        var cell = sizes.map { _ in Int?.none }
        if let fixed { cell[fixed.attribute] = fixed.value }
        return canComplete(cell, involved[...])
    }

    private mutating func nextOfRounds() -> [Int]? {
        let first = rounds.map { $0[$0.count - 1] }
        if isFree(first) {
            for attribute in rounds.indices { rounds[attribute].removeLast() }
            return first
        }
        for attribute in rounds.indices.reversed() {
            for place in rounds[attribute].indices.reversed() {
                var cell = first
                cell[attribute] = rounds[attribute][place]
                guard isFree(cell) else { continue }
                for other in rounds.indices {
                    rounds[other].remove(at: other == attribute ? place : rounds[other].count - 1)
                }
                return cell
            }
        }
        return nil
    }

    private mutating func nextOfWalk() -> [Int]? {
        while let cell = walk.next() {
            if isFree(cell) { return cell }
        }
        return nil
    }

    private func isFree(_ cell: [Int]) -> Bool {
        !used.contains(number(of: cell))
            && !exclusions.contains { $0.allSatisfy { cell[$0.attribute] == $0.value } }
    }

    private func number(of cell: [Int]) -> Int {
        zip(cell, sizes).reduce(0) { $0 &* $1.1 &+ $1.0 }
    }

    /// All combinations once, in the order of the multiples of a number that has no divisor in common with how many there are.
    private struct Walk {
        let sizes: [Int]
        let count: UInt
        let step: UInt
        let start: UInt
        var steps: UInt = 0

        /// Of a grid with more than `Int.max` combinations only so many are walked through.
        init(sizes: [Int], _ random: inout SplitMix64) {
            self.sizes = sizes
            let product = sizes.reduce(1) { product, size in
                let (result, overflow) = product.multipliedReportingOverflow(by: size)
                return overflow ? Int.max : result
            }
            count = UInt(product)
            start = UInt(random.below(product))
            var step: UInt
            repeat { step = UInt(random.below(product)) + 1 } while Self.greatestDivisor(step, count) != 1
            self.step = step
        }

        mutating func next() -> [Int]? {
            guard steps < count else { return nil }
            let (high, low) = step.multipliedFullWidth(by: steps)
            let offset = count.dividingFullWidth((high, low)).remainder
            steps += 1
            var rest = (offset + start) % count
            return sizes.map { size in
                let (quotient, value) = rest.quotientAndRemainder(dividingBy: UInt(size))
                rest = quotient
                return Int(value)
            }
        }

        private static func greatestDivisor(_ one: UInt, _ other: UInt) -> UInt {
            other == 0 ? one : greatestDivisor(other, one % other)
        }
    }
}

extension GenerationTask {
    /// Values in no combination that the exclusions leave, each with the first label that it is so for; without one where all
    /// labels have the same lists.
    package func excludedValues() -> [(attribute: String, value: String, label: Int?)] {
        var found: [(attribute: String, value: String, label: Int?)] = []
        // Without lists of their own all labels have the same grid.
        let isShared = attributes.allSatisfy(\.valuesByLabel.isEmpty)
        for label in labels.indices.prefix(isShared ? 1 : labels.count) {
            let grid = grid(of: label)
            for (index, attribute) in attributes.enumerated() {
                let values = attribute.values(for: labels[label].name)
                for (place, value) in values.enumerated()
                where excluded.contains(where: { $0[attribute.name] == value })
                    && !grid.hasCell(with: (index, place))
                    && !found.contains(where: { $0.attribute == attribute.name && $0.value == value })
                {
                    found.append((attribute.name, value, isShared ? nil : label))
                }
            }
        }
        return found
    }

    /// The combinations of a label: attributes in their order, then openings.
    func grid(of label: Int) -> GenerationGrid {
        let name = labels[label].name
        let lists = (attributes + (openings.map { [$0] } ?? [])).map { $0.values(for: name) }
        let exclusions = excluded.compactMap { excluded -> [(attribute: Int, value: Int)]? in
            let parts = excluded.map { name, value -> (attribute: Int, value: Int)? in
                guard let attribute = attributes.firstIndex(where: { $0.name == name }),
                    let index = lists[attribute].firstIndex(of: value)
                else { return nil }
                return (attribute, index)
            }
            // Where the label has no such value there is nothing to exclude.
            return parts.contains { $0 == nil } ? nil : parts.compactMap(\.self)
        }
        return GenerationGrid(
            sizes: lists.map(\.count), exclusions: exclusions, seed: drawSeed(index: label, position: -2))
    }
}
