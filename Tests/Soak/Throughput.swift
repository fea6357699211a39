import AttarTeacher
import Foundation
import Synchronization

/// The client at full speed, with the ledger on: calls a second and memory, against an endpoint in another process.
struct Throughput {
    func run(_ count: Int) async throws {
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        server.arguments = ["null-endpoint"]
        let (input, output) = (Pipe(), Pipe())
        server.standardInput = input
        server.standardOutput = output
        try server.run()
        defer { try? input.fileHandleForWriting.close() }
        let address = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let url = URL(string: address.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw SoakError.failed("the null endpoint does not start: \(address)")
        }
        let scratch = try Scratch()
        let configuration = TeacherConfiguration(
            endpoint: url, model: "test-model", ledger: scratch.url.appendingPathComponent("ledger.sqlite"),
            concurrency: 128)
        let memory = Mutex<[Int]>([])
        let answered = Mutex(0)
        let processorBefore = processorSeconds()
        let start = ContinuousClock.now
        let labels = try await Teacher.use(configuration) { teacher in
            try await teacher.results(
                of: count, call: { TeacherCall(request: request($0), purpose: .training) },
                read: { _, answer in
                    let number = answered.withLock { answered in
                        answered += 1
                        return answered
                    }
                    if number % (count / 10) == 0 { memory.withLock { $0.append(residentMegabytes()) } }
                    return Int8(answer.answer.firstTokens?.count ?? 0)
                })
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try check(labels.allSatisfy { $0 == 20 }, "an answer is not whole")
        let opened = try Ledger(at: configuration.ledger)
        try await opened.verifyIntegrity()
        let settled = try await opened.counts().settled
        try opened.close()
        try check(settled == count, "\(settled) settled")
        print(String(format: "%d calls in %.1f s: %.0f calls/s,", count, seconds, Double(count) / seconds))
        let processor = processorSeconds() - processorBefore
        print(String(format: "%.2f ms of processor time a call", 1000 * processor / Double(count)))
        print("memory after each tenth, MB: \(memory.withLock { $0 }.map(String.init).joined(separator: " "))")
    }

    private func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
