import AttarStatistics
import Testing

@Suite struct SeedSummaryTests {
    @Test func studentQuantilesAgreeWithSciPy() throws {
        for golden in try Goldens.load().studentQuantiles {
            let quantile = studentQuantile(golden[0], degreesOfFreedom: golden[1])
            #expect(isRelativelyClose(quantile, golden[2], tolerance: 1e-12), "\(golden)")
        }
        #expect(studentQuantile(0.5, degreesOfFreedom: 3) == 0)
        #expect(studentQuantile(1, degreesOfFreedom: 3) == .infinity)
        #expect(studentQuantile(0, degreesOfFreedom: 3) == -.infinity)
    }

    @Test func summariesAgreeWithSciPy() throws {
        for golden in try Goldens.load().seeds {
            let summary = try #require(SeedSummary(golden.values))
            #expect(isClose(summary.mean, golden.mean))
            #expect(isClose(summary.standardDeviation, golden.deviation))
            #expect(isClose(summary.interval?.lower, golden.interval[0]))
            #expect(isClose(summary.interval?.upper, golden.interval[1]))
        }
    }

    @Test func oneSeedTellsNothingAboutOthers() throws {
        let one = try #require(SeedSummary([0.9]))
        #expect(one.mean == 0.9 && one.standardDeviation == nil && one.interval == nil)
        #expect(SeedSummary([]) == nil)
        #expect(try #require(SeedSummary([0.5, 0.5, 0.5])).interval == Interval(lower: 0.5, upper: 0.5, level: 0.95))
    }
}
