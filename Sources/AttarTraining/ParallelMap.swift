import Foundation

/// Work on index ranges over all cores; results come in the order of the ranges.
package enum ParallelMap {
    package static func chunks<Result: Sendable>(
        of count: Int, size: Int, _ body: @escaping @Sendable (Range<Int>) -> Result
    ) -> [Result] {
        let chunks = (count + size - 1) / size
        let pool = WorkerPool(threads: max(1, min(ProcessInfo.processInfo.activeProcessorCount, chunks)))
        let work = ChunkWork(chunks: chunks) { body(($0 * size)..<min(($0 + 1) * size, count)) }
        pool.run(work, parts: chunks)
        return work.results
    }
}

/// One place a chunk: each is written by one thread and read after all are done.
private final class ChunkWork<Element>: PooledWork {
    private let storage: UnsafeMutableBufferPointer<Element?>
    private let body: (Int) -> Element

    init(chunks: Int, _ body: @escaping (Int) -> Element) {
        storage = .allocate(capacity: chunks)
        storage.initialize(repeating: nil)
        self.body = body
    }

    deinit {
        storage.deinitialize()
        storage.deallocate()
    }

    func run(part: Int, worker: Int) { storage[part] = body(part) }

    var results: [Element] { storage.compactMap(\.self) }
}
