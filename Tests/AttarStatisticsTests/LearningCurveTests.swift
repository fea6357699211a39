import AttarStatistics
import Testing

@Suite struct LearningCurveTests {
    @Test func sizesDoubleUpToAllRows() {
        #expect(learningCurveSizes(rows: 800, points: 4) == [100, 200, 400, 800])
        #expect(learningCurveSizes(rows: 25) == [12, 25])
        #expect(learningCurveSizes(rows: 3) == [3])
        #expect(learningCurveSizes(rows: 0) == [])
    }

    @Test func subsetsAreNestedAndKeepTheSharesOfClasses() {
        var generator = SplitMix64(seed: 20)
        let strata = (0..<1_000).map { _ in generator.uniform() < 0.2 ? 1 : 0 }
        let sizes = learningCurveSizes(rows: 1_000)
        let subsets = nestedSubsets(strata: strata, sizes: sizes, seed: 21)
        #expect(subsets.map(\.count) == sizes)
        for (smaller, larger) in zip(subsets, subsets.dropFirst()) {
            #expect(Set(smaller).isSubset(of: Set(larger)))
        }
        let share = Double(strata.count { $0 == 1 }) / 1_000
        for subset in subsets {
            let count = subset.count { strata[$0] == 1 }
            #expect(abs(Double(count) - share * Double(subset.count)) <= 1)
        }
        #expect(subsets == nestedSubsets(strata: strata, sizes: sizes, seed: 21))
        #expect(subsets[0] != nestedSubsets(strata: strata, sizes: sizes, seed: 22)[0])
    }
}
