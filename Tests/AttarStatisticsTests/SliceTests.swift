import AttarStatistics
import Testing

@Suite struct SliceTests {
    @Test func fisherAndHypergeometricAgreeWithSciPy() throws {
        for golden in try Goldens.load().fisher {
            let counts = golden.prefix(4).map { Int($0) }
            let probability = fisherExactGreater(hits: counts[0], drawn: counts[1], marked: counts[2], rows: counts[3])
            #expect(isRelativelyClose(probability, golden[4], tolerance: 1e-9), "\(golden) \(probability)")
            let mass = hypergeometricProbability(
                hits: counts[0], drawn: counts[1], marked: counts[2], rows: counts[3])
            #expect(isRelativelyClose(mass, golden[5], tolerance: 1e-9), "\(golden) \(mass)")
        }
    }

    @Test func binomialsAgreeWithSciPy() throws {
        for golden in try Goldens.load().binomials {
            let mass = binomialProbability(successes: Int(golden[0]), trials: Int(golden[1]), rate: golden[2])
            #expect(isRelativelyClose(mass, golden[3], tolerance: 1e-11), "\(golden) \(mass)")
        }
        #expect(binomialProbability(successes: 0, trials: 5, rate: 0) == 1)
        #expect(binomialProbability(successes: 4, trials: 5, rate: 1) == 0)
        let all = (0...5_000).reduce(0) { $0 + binomialProbability(successes: $1, trials: 5_000, rate: 0.93) }
        #expect(isClose(all, 1))
    }

    @Test func holmStepsDown() {
        let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
        #expect(zip(adjusted, [0.03, 0.06, 0.06, 0.02]).allSatisfy { isClose($0, $1) })
        #expect(holmAdjusted([0.9, 0.8]) == [1, 1])
        #expect(holmAdjusted([]) == [])
    }

    @Test func theBadSliceComesFirst() throws {
        var generator = SplitMix64(seed: 9)
        let source = (0..<4_000).map { _ in generator.below(10) }
        let isCorrect = source.map { generator.uniform() < ($0 == 3 ? 0.8 : 0.9) }
        var slices: [String: [Int]] = [:]
        for row in source.indices { slices["source \(source[row])", default: []].append(row) }
        slices["too few"] = Array(source.indices.filter { !isCorrect[$0] }.prefix(19))
        slices["all"] = Array(source.indices)
        slices["twice"] = [Int](repeating: 5, count: 40)
        let figures = worstSlices(isCorrect: isCorrect, slices: slices)
        #expect(figures.count == 11)
        #expect(figures[0].name == "source 3")
        #expect(figures[0].adjustedProbability < 0.001)
        #expect(figures[0].interval.contains(figures[0].errorRate))
        let all = try #require(figures.first { $0.name == "all" })
        #expect(all.otherErrorRate == nil && all.probability == 1)
    }

    /// Where no slice is worse than the others, one is named in at most one simulation of twenty.
    @Test func lookingAtManyIsCorrectedFor() {
        var named = 0
        for sample in 0..<400 {
            var generator = SplitMix64(seed: UInt64(sample))
            let isCorrect = (0..<600).map { _ in generator.uniform() < 0.8 }
            var slices: [String: [Int]] = [:]
            for row in isCorrect.indices {
                slices["one \(generator.below(8))", default: []].append(row)
                slices["other \(generator.below(4))", default: []].append(row)
            }
            named += worstSlices(isCorrect: isCorrect, slices: slices)[0].adjustedProbability < 0.05 ? 1 : 0
        }
        #expect((4...28).contains(named), "\(named) of 400")
    }

    @Test func nothingToLookAt() {
        #expect(worstSlices(isCorrect: [], slices: ["none": []]).isEmpty)
        let right = worstSlices(isCorrect: [Bool](repeating: true, count: 50), slices: ["first": Array(0..<25)])
        #expect(right[0].probability == 1 && right[0].errorRate == 0)
        let wrong = worstSlices(isCorrect: [Bool](repeating: false, count: 50), slices: ["first": Array(0..<25)])
        #expect(wrong[0].probability == 1 && wrong[0].errorRate == 1)
    }
}
