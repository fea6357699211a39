import AttarEvaluation
import Testing

@Suite struct LatencyTests {
    /// A clock that moves only when a prediction says so.
    private final class Hand {
        var time = Duration.zero
    }

    @Test func figuresAreThoseOfTheClock() throws {
        let hand = Hand()
        var calls = 0
        let figures = try measureLatency(
            systems: [
                { row in
                    hand.time += .microseconds(row == 3 ? 1_000 : 10)
                    calls += 1
                    return row
                },
                { _ in
                    hand.time += .microseconds(50)
                    return 0
                },
            ], rows: 10, samples: 100, warmUp: 20, clock: { hand.time })
        let first = try #require(figures[0])
        let second = try #require(figures[1])
        #expect(first.samples == 100 && first.p50Microseconds == 10 && first.p99Microseconds == 1_000)
        #expect(second.p50Microseconds == 50 && second.p99Microseconds == 50)
        #expect(abs(try #require(second.throughputPerSecond) - 20_000) < 1e-6)
        #expect(calls == 220)
    }

    @Test func systemsTakeTurnsOnTheSameRows() throws {
        var seen: [(system: Int, row: Int)] = []
        let hand = Hand()
        _ = try measureLatency(
            systems: (0..<3).map { system in
                { row in
                    seen.append((system, row))
                    return 0
                }
            }, rows: 7, samples: 14,
            warmUp: 0, clock: { hand.time })
        for step in 0..<14 {
            let turn = seen[step * 3..<step * 3 + 3]
            #expect(Set(turn.map(\.row)).count == 1)
            #expect(Set(turn.map(\.system)) == [0, 1, 2])
        }
        #expect(Set((0..<7).map { seen[$0 * 3].row }) == Set(0..<7))
        #expect(Set((0..<3).map { seen[$0 * 3].system }) == [0, 1, 2])
    }

    @Test func aFailingPredictionIsThrown() {
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try measureLatency(systems: [{ _ in throw Broken() }], rows: 1)
        }
    }

    @Test func withoutRowsThereAreNoFigures() throws {
        #expect(try measureLatency(systems: [{ $0 }], rows: 0) == [nil])
        #expect(LatencyFigures(microseconds: []) == nil)
    }

    @Test func theRealClockMovesOn() throws {
        let figures = try #require(try measureLatency(systems: [{ $0 }], rows: 5, samples: 50, warmUp: 0)[0])
        #expect(figures.p50Microseconds >= 0 && figures.p99Microseconds >= figures.p50Microseconds)
    }
}
