import Foundation

/// Bytes that the system can hand out without swapping; nil where it does not say.
///
/// On Linux `MemAvailable`, and what the control group of this process has left; elsewhere all memory.
package func availableMemoryBytes() -> Int? {
    #if os(Linux)
        let machine = kilobytes("MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 }
        let limit = number(in: "/sys/fs/cgroup/memory.max")
        let used = number(in: "/sys/fs/cgroup/memory.current")
        let group = limit.flatMap { limit in used.map { max(0, limit - $0) } }
        return [machine, group].compactMap(\.self).min()
    #else
        return Int(clamping: ProcessInfo.processInfo.physicalMemory)
    #endif
}

private func kilobytes(_ name: String, in path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
}

/// Nil where there is no such file, or no number in it ("max").
private func number(in path: String) -> Int? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0.filter(\.isNumber)) }
}
