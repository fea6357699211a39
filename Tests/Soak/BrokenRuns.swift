import AttarStatistics
import AttarTeacher
import AttarTestSupport
import Foundation

/// Breaks runs off at random moments, and checks what their ledgers hold.
struct BrokenRuns {
    enum Way {
        /// SIGKILL: what was written stays.
        case kill
        /// What was not synced is gone, too. The interposer copies each file when it is synced.
        case powerLoss(interposer: String)
    }

    let way: Way

    func run(_ count: Int) async throws {
        let endpoint = try await FaultEndpoint.start()
        var random = SplitMix64(seed: 1)
        var scratch = try Scratch()
        var (broken, handed, ledgers, repeated, dropped) = (0, 0, 1, 0, 0)
        var settled: [Data: String] = [:]
        var servedBefore = 0
        while broken < count {
            let ledger = scratch.url.appendingPathComponent("ledger.sqlite")
            let delay = UInt32.random(in: 1000..<longestMicroseconds, using: &random)
            let (lines, wasKilled) = try runVictim(endpoint: endpoint.url, ledger: ledger, killAfter: delay)
            // A call that was under way may still arrive.
            try await Task.sleep(for: .milliseconds(20))
            if wasKilled {
                broken += 1
                if case .powerLoss = way, try losePower(ledger) { dropped += 1 }
            }
            handed += lines.count
            let sent = endpoint.calls.dropFirst(servedBefore).map(\.body)
            servedBefore = endpoint.calls.count
            repeated += sent.count { settled[$0] != nil }
            let now = try await settledAnswers(ledger)
            // Everything settled before, and everything handed out, is there with the same answer.
            let lost =
                settled.count { now[$0.key] != $0.value }
                + lines.count { now[request($0.index).canonicalJSON()] != $0.token }
            try check(lost == 0, "\(lost) answers lost after \(broken) broken runs; they are in \(scratch.url.path)")
            try check(repeated == 0, "\(repeated) settled calls were sent again")
            settled = now
            if now.count == Victim.calls {
                scratch = try Scratch()
                ledgers += 1
                settled = [:]
                servedBefore = endpoint.calls.count
            }
        }
        try await endpoint.stop()
        print("\(broken) runs broken off, \(ledgers) ledgers, \(handed) answers handed out:")
        if case .powerLoss = way { print("writes were dropped in \(dropped) of them;") }
        print("0 answers lost, 0 settled calls sent again, every ledger intact")
    }

    /// Copying what is synced takes its time.
    private var longestMicroseconds: UInt32 {
        switch way {
        case .kill: 400_000
        case .powerLoss: 1_500_000
        }
    }

    private func runVictim(
        endpoint: URL, ledger: URL, killAfter delay: UInt32
    ) throws -> (lines: [(index: Int, token: String)], wasKilled: Bool) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["victim", endpoint.absoluteString, ledger.path]
        if case .powerLoss(let interposer) = way {
            process.environment = ProcessInfo.processInfo.environment.merging(["LD_PRELOAD": interposer]) { $1 }
        }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let identifier = process.processIdentifier
        let killer = Thread {
            usleep(delay)
            kill(identifier, SIGKILL)
        }
        killer.start()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        while !killer.isFinished { usleep(1000) }
        let lines = text.split(separator: "\n").compactMap { line -> (index: Int, token: String)? in
            guard let space = line.firstIndex(of: " "), let index = Int(line[..<space]) else { return nil }
            return (index, String(line[line.index(after: space)...]))
        }
        return (lines, process.terminationReason == .uncaughtSignal)
    }

    /// Leaves of each file what was last synced. Returns whether that is less than what was written.
    private func losePower(_ ledger: URL) throws -> Bool {
        let files = FileManager.default
        var isLess = false
        try? files.removeItem(atPath: ledger.path + "-shm")
        for path in [ledger.path, ledger.path + "-wal"] {
            isLess = isLess || files.contents(atPath: path) != files.contents(atPath: path + ".durable")
            try? files.removeItem(atPath: path)
            // No copy: nothing of it ever reached the disk.
            if files.fileExists(atPath: path + ".durable") {
                try files.copyItem(atPath: path + ".durable", toPath: path)
            }
        }
        return isLess
    }

    /// Body → likeliest token of every settled call, from an intact ledger.
    private func settledAnswers(_ url: URL) async throws -> [Data: String] {
        struct Line: Decodable {
            let request: CompletionRequest
            let answer: CompletionAnswer
        }
        let ledger = try Ledger(at: url)
        try await ledger.verifyIntegrity()
        let lines = try await ledger.recording(.requestsAndAnswers).split(separator: 0x0A)
        try ledger.close()
        if case .powerLoss = way {
            // What this process wrote, it wrote without the interposer: all of it counts as synced.
            for path in [url.path, url.path + "-wal"] {
                try? FileManager.default.removeItem(atPath: path + ".durable")
                try? FileManager.default.copyItem(atPath: path, toPath: path + ".durable")
            }
        }
        var answers: [Data: String] = [:]
        for line in lines {
            let entry = try JSONDecoder().decode(Line.self, from: Data(line))
            answers[entry.request.canonicalJSON()] = entry.answer.firstTokens?.first?.token ?? "?"
        }
        return answers
    }
}
