import Dispatch

/// `transform` of each element, in their order. The cores share the work; how many there are does not change the result.
package func concurrentMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @Sendable (Element) -> Result
) -> [Result] {
    let chunk = 256
    guard elements.count > chunk else { return elements.map(transform) }
    return Array(unsafeUninitializedCapacity: elements.count) { buffer, initialized in
        // Every index is written by one iteration only.
        nonisolated(unsafe) let results = buffer
        DispatchQueue.concurrentPerform(iterations: (elements.count + chunk - 1) / chunk) { iteration in
            let first = iteration * chunk
            for index in first..<min(first + chunk, elements.count) {
                results.initializeElement(at: index, to: transform(elements[index]))
            }
        }
        initialized = elements.count
    }
}
