import Foundation

/// The results of a function for 0 ..< `count`, in order; the processor's cores share the work.
///
/// The function must depend on its argument alone, so the results do not depend on how many cores there are.
func concurrentMap<Result: Sendable>(_ count: Int, _ function: @Sendable (Int) -> Result) -> [Result] {
    [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
        // Each index is written once, by one thread.
        nonisolated(unsafe) let results = buffer
        DispatchQueue.concurrentPerform(iterations: count) { index in
            results.initializeElement(at: index, to: function(index))
        }
        initialized = count
    }
}
