import AttarTeacher
import Testing

@Suite struct GenerationGridTests {
    private func task(
        _ sizes: [Int], excluded: [[String: String]] = [], labels: Int = 2, seed: UInt64 = 3
    ) -> GenerationTask {
        GenerationTask(
            labels: (0..<labels).map { TeacherLabel(name: "label \($0)") },
            attributes: sizes.enumerated().map { index, size in
                GenerationAttribute(name: "a\(index)", values: (0..<size).map { "v\($0)" })
            }, excluded: excluded, seed: seed)
    }

    @Test(arguments: [[7], [3, 4], [2, 2, 2, 2], [6, 4, 10], [1, 1, 5], [12, 12]])
    func everyCombinationComesOnceBeforeAnyComesAgain(_ sizes: [Int]) throws {
        let cells = sizes.reduce(1, *)
        let requests = try task(sizes).requests(count: 2 * 3 * cells)
        for label in 0..<2 {
            let own = requests.filter { $0.label == label }
            for pass in 0..<3 {
                let part = own[pass * cells..<(pass + 1) * cells]
                #expect(Set(part.map(\.attributes)).count == cells)
                #expect(part.allSatisfy { $0.pass == pass })
            }
            // Another order each time.
            if cells > 4 { #expect(own.prefix(cells).map(\.attributes) != own.suffix(cells).map(\.attributes)) }
        }
    }

    /// A few texts of a large grid have each value of each attribute about equally often.
    @Test(arguments: [30, 100, 700]) func valuesAreSpreadEvenly(_ count: Int) throws {
        let sizes = [67, 20, 30]
        let requests = try task(sizes).requests(count: 2 * count)
        for label in 0..<2 {
            let own = requests.filter { $0.label == label }.map(\.attributes)
            #expect(Set(own).count == count)
            for (attribute, size) in sizes.enumerated() {
                let counts = Dictionary(grouping: own) { $0[attribute] }.mapValues(\.count)
                #expect(counts.count == min(size, count))
                #expect((counts.values.max() ?? 0) <= (count + size - 1) / size + 1)
            }
            // Pairs are as many as independent draws would give, or more: no attribute follows another.
            let pairs = Double(Set(own.map { [$0[1], $0[2]] }).count)
            let expected = 600 * (1 - Double.pow(1 - 1.0 / 600, count))
            #expect(pairs > 0.9 * expected)
        }
    }

    @Test func listsArePrefixesAndPartsOfOneAnother() throws {
        var task = task([5, 4], labels: 3)
        task.seeds = (0..<9).map { GenerationExample(text: "seed \($0)", label: "label \($0 % 3)") }
        task.seedExamples = 3
        task.aim = GenerationAim(labelWeights: [], hardShare: 0.3)
        let all = try task.requests(count: 200)
        #expect(try task.requests(count: 77) == Array(all.prefix(77)))
        #expect(try task.requests(from: 77, count: 50) == Array(all[77..<127]))
    }

    @Test func hugeGridsNeedNoMemory() throws {
        let requests = try task([10_000, 10_000, 10_000, 10_000, 10_000]).requests(count: 400)
        #expect(Set(requests.map(\.attributes)).count == 400)
    }

    @Test func excludedCombinationsNeverCome() throws {
        let excluded = [["a0": "v1", "a1": "v2"], ["a1": "v0", "a2": "v0"], ["a0": "v0", "a1": "v1", "a2": "v1"]]
        let task = task([3, 3, 2], excluded: excluded)
        let requests = try task.requests(count: 400)
        let cells = Set(requests.map(\.attributes))
        // 18 without 2, 3 and 1.
        #expect(cells.count == 12)
        for values in cells {
            for cell in excluded {
                #expect(!cell.allSatisfy { name, value in values[Int(String(name.last!))!] == value })
            }
        }
        #expect(requests.filter { $0.label == 0 }.prefix(12).allSatisfy { $0.pass == 0 })
    }

    @Test func excludingEverythingOfALabelIsRefused() throws {
        var task = task([2], excluded: [["a0": "v0", "mood": "glad"], ["a0": "v1", "mood": "glad"]])
        task.attributes.append(
            GenerationAttribute(
                name: "mood", values: [], valuesByLabel: ["label 0": ["glad"], "label 1": ["glad", "sad"]]))
        #expect(throws: TeacherError.task(.nothingToWrite(label: "label 0"))) { try task.requests(count: 4) }
        task.attributes[1].valuesByLabel["label 0"] = ["glad", "calm"]
        #expect(try task.requests(count: 40).allSatisfy { $0.attributes[1] != "glad" })
    }

    // MARK: Aims

    @Test func weightsGiveEveryStretchItsShares() throws {
        let task = task([40, 50], labels: 4)
        let aim = GenerationAim(labelWeights: [1, 0, 5, 2], hardShare: 0)
        let requests = try task.requests(from: 100, count: 400, aim: aim)
        for stretch in [requests.prefix(80), requests[80..<160], requests.suffix(80)] {
            let counts = (0..<4).map { label in stretch.count { $0.label == label } }
            // To five points of its share.
            for (count, expected) in zip(counts, [10, 0, 50, 20]) { #expect(abs(count - expected) <= 80 / 20) }
        }
        // Neither the plain requests before nor those of another aim later repeat a combination.
        let later = try task.requests(
            from: 500, count: 200, aim: GenerationAim(labelWeights: [0, 1, 1, 9], hardShare: 0))
        let before = try task.requests(count: 100)
        for label in 0..<4 {
            let cells = (before + requests + later).filter { $0.label == label }.map(\.attributes)
            #expect(Set(cells).count == cells.count)
        }
    }

    @Test func hardCasesAreBetweenConfusedLabels() throws {
        let task = task([10], labels: 3)
        let aim = GenerationAim(
            labelWeights: [1, 1, 1],
            confused: [ConfusedPair(label: 0, other: 2, weight: 3), ConfusedPair(label: 0, other: 1)], hardShare: 0.5)
        let requests = try task.requests(from: 0, count: 1200, aim: aim)
        #expect(requests.filter { $0.label != 0 }.allSatisfy { !$0.isHard })
        let hard = requests.filter(\.isHard)
        #expect((190...210).contains(hard.count))
        let misses = hard.filter { if case .nearMiss = $0.kind { true } else { false } }
        #expect((80...120).contains(misses.count))
        let others = hard.count { [.nearMiss(other: 2), .edit(of: 2)].contains($0.kind) }
        #expect((0.65...0.85).contains(Double(others) / Double(hard.count)))
    }

    // MARK: Seeds

    @Test func seedsAreDrawnAnewForEachCall() throws {
        var task = task([], labels: 2)
        task.seeds = (0..<40).map { GenerationExample(text: "seed \($0)", label: "label \($0 < 10 ? 0 : 1)") }
        task.seedExamples = 4
        let requests = try task.requests(count: 100)
        for request in requests {
            #expect(Set(request.seeds).count == 4)
            let own = request.seeds.map { ($0 < 10 ? 0 : 1) == request.label }
            // Two of each kind, those of the label nearest to the text.
            #expect(own == [false, false, true, true])
        }
        #expect(Set(requests.flatMap(\.seeds)).count == 40)
        #expect(Set(requests.map(\.seeds)).count > 90)
    }

    @Test(arguments: [1, 2, 3]) func fewSeedsAreEnough(_ count: Int) throws {
        var task = task([])
        task.seeds = (0..<count).map { GenerationExample(text: "seed \($0)", label: "label 1") }
        task.seedExamples = 4
        #expect(try task.requests(count: 20).allSatisfy { $0.seeds.sorted() == Array(0..<count) })
    }
}

extension Double {
    fileprivate static func pow(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
