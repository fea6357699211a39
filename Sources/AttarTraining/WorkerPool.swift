import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Work cut into parts that write no common memory, so that any thread may take any part.
package protocol PooledWork: AnyObject {
    /// - Parameter worker: which thread of the pool this is, 0 for the caller of `WorkerPool.run`: chooses memory that
    ///   parts use one after the other.
    func run(part: Int, worker: Int)
}

/// Threads that live as long as their owner and take the parts of one piece of work after the other.
///
/// Which thread takes which part is chance, so results must not depend on it. `run` allocates nothing. For one caller at
/// a time, and not from inside a part.
package final class WorkerPool: Sendable {
    package let threads: Int
    private let board: PoolBoard
    private let handles: [PoolThread]

    /// - Parameter threads: the caller's included, at least 1. Where the system refuses a thread there are fewer.
    package init(threads: Int) {
        precondition(threads > 0)
        let board = PoolBoard(threads: threads)
        self.board = board
        handles = (1..<threads).compactMap { PoolThread(board: board, worker: $0) }
        self.threads = handles.count + 1
    }

    deinit {
        board.stop()
        for handle in handles { handle.join() }
    }

    /// Runs every part and comes back when all are done; the caller takes parts like the others.
    package func run(_ work: some PooledWork, parts: Int) {
        if handles.isEmpty || parts <= 1 {
            for part in 0..<max(parts, 0) { work.run(part: part, worker: 0) }
        } else {
            board.run(work, parts: parts)
        }
    }
}

/// What the threads of a pool share.
private final class PoolBoard: @unchecked Sendable {
    /// Parts of the work in the upper half, the next one to take in the lower. A part belongs to the thread that moves
    /// this on; the work cannot change before that part is done.
    private let ticket = Atomic<UInt64>(0)
    private let partsDone = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    /// Written by the caller while no part is out.
    private var work: (any PooledWork)?
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let workCame = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let workDone = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Looks at an atomic before a thread sleeps: some tens of microseconds, longer than the pauses within a step. None
    /// where threads share cores.
    private let spins: Int

    init(threads: Int) {
        spins = threads <= sysconf(Int32(_SC_NPROCESSORS_ONLN)) ? 20_000 : 0
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(workCame, nil)
        pthread_cond_init(workDone, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(workCame)
        pthread_cond_destroy(workDone)
        mutex.deallocate()
        workCame.deallocate()
        workDone.deallocate()
    }

    func run(_ work: any PooledWork, parts: Int) {
        precondition(parts <= Int(UInt32.max) && self.work == nil, "a pool does one piece of work at a time")
        self.work = work
        partsDone.store(0, ordering: .relaxed)
        ticket.store(UInt64(parts) << 32, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { locked { pthread_cond_broadcast(workCame) } }
        takeParts(as: 0)
        if !spin(until: { partsDone.load(ordering: .acquiring) == parts }) {
            locked {
                callerSleeps.store(true, ordering: .sequentiallyConsistent)
                while partsDone.load(ordering: .sequentiallyConsistent) < parts { pthread_cond_wait(workDone, mutex) }
                callerSleeps.store(false, ordering: .relaxed)
            }
        }
        self.work = nil
    }

    /// The life of a thread.
    func serve(as worker: Int) {
        while !isStopping.load(ordering: .acquiring) {
            takeParts(as: worker)
            if spin(until: { hasParts || isStopping.load(ordering: .relaxed) }) { continue }
            locked {
                sleepers.add(1, ordering: .sequentiallyConsistent)
                while !hasParts && !isStopping.load(ordering: .relaxed) { pthread_cond_wait(workCame, mutex) }
                sleepers.subtract(1, ordering: .relaxed)
            }
        }
    }

    func stop() {
        locked {
            isStopping.store(true, ordering: .releasing)
            pthread_cond_broadcast(workCame)
        }
    }

    private var hasParts: Bool {
        let seen = ticket.load(ordering: .sequentiallyConsistent)
        return seen & 0xFFFF_FFFF < seen >> 32
    }

    private func takeParts(as worker: Int) {
        var seen = ticket.load(ordering: .acquiring)
        while seen & 0xFFFF_FFFF < seen >> 32 {
            let (taken, now) = ticket.compareExchange(
                expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
            guard taken else {
                seen = now
                continue
            }
            work?.run(part: Int(seen & 0xFFFF_FFFF), worker: worker)
            let done = partsDone.add(1, ordering: .sequentiallyConsistent).newValue
            if done == Int(seen >> 32), callerSleeps.load(ordering: .sequentiallyConsistent) {
                locked { pthread_cond_signal(workDone) }
            }
            seen = ticket.load(ordering: .acquiring)
        }
    }

    private func spin(until isReady: () -> Bool) -> Bool {
        for _ in 0..<spins where isReady() { return true }
        return isReady()
    }

    private func locked(_ body: () -> Void) {
        pthread_mutex_lock(mutex)
        body()
        pthread_mutex_unlock(mutex)
    }
}

/// One thread that serves a board.
private struct PoolThread: @unchecked Sendable {
    private let handle: pthread_t

    private final class Start {
        let board: PoolBoard
        let worker: Int

        init(_ board: PoolBoard, _ worker: Int) {
            self.board = board
            self.worker = worker
        }

        static func run(_ context: UnsafeMutableRawPointer?) {
            guard let context else { return }
            let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
            start.board.serve(as: start.worker)
        }
    }

    /// Nil where the system refuses.
    init?(board: PoolBoard, worker: Int) {
        let context = Unmanaged.passRetained(Start(board, worker))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let status = pthread_create(
            &thread, nil,
            {
                Start.run($0)
                return nil
            }, context.toOpaque())
        #if canImport(Darwin)
            guard status == 0, let handle = thread else {
                context.release()
                return nil
            }
            self.handle = handle
        #else
            guard status == 0 else {
                context.release()
                return nil
            }
            handle = thread
        #endif
    }

    func join() { pthread_join(handle, nil) }
}
