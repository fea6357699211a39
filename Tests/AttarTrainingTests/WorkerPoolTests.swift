import AttarTraining
import Synchronization
import Testing

/// Counts how often each part ran, and on how many different workers at once a part was seen.
private final class Tally: PooledWork {
    let runs: [Cell]
    private let threads: Int

    final class Cell: Sendable {
        let count = Atomic<Int>(0)
    }

    init(parts: Int, threads: Int) {
        runs = (0..<parts).map { _ in Cell() }
        self.threads = threads
    }

    func run(part: Int, worker: Int) {
        precondition(worker >= 0 && worker < threads)
        runs[part].count.add(1, ordering: .relaxed)
    }

    var counts: [Int] { runs.map { $0.count.load(ordering: .relaxed) } }
}

@Suite("A worker pool")
struct WorkerPoolTests {
    @Test("runs every part once, as often as it is asked", arguments: [1, 2, 3, 5, 16])
    func everyPartOnce(threads: Int) {
        let pool = WorkerPool(threads: threads)
        #expect(pool.threads == threads)
        for parts in [0, 1, 2, 3, 7, 100, 1000] {
            let tally = Tally(parts: parts, threads: threads)
            for _ in 0..<50 { pool.run(tally, parts: parts) }
            #expect(tally.counts.allSatisfy { $0 == 50 })
        }
    }

    @Test("loses no part when short pieces of work follow each other", arguments: [2, 3, 16])
    func manyShortPieces(threads: Int) {
        let pool = WorkerPool(threads: threads)
        let tally = Tally(parts: 3, threads: threads)
        for _ in 0..<20_000 { pool.run(tally, parts: 3) }
        #expect(tally.counts == [20_000, 20_000, 20_000])
    }

    @Test("ends with its owner, used or not")
    func ends() {
        for round in 0..<200 {
            let pool = WorkerPool(threads: 4)
            if round.isMultiple(of: 2) { pool.run(Tally(parts: 9, threads: 4), parts: 9) }
        }
    }

    @Test("gives results in the order of the ranges", arguments: [0, 1, 5, 1000, 1001])
    func parallelMap(count: Int) {
        let parts = ParallelMap.chunks(of: count, size: 7) { Array($0) }
        #expect(parts.flatMap(\.self) == Array(0..<count))
    }
}
