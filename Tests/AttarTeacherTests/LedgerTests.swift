import AttarStatistics
import AttarTeacher
import AttarTestSupport
import Foundation
import GRDB
import Testing

@Suite struct LedgerTests {
    /// An answer bought for evaluation is not seen by training, nor the other way round.
    @Test func purposesAreKeptApart() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let evaluated = try await teacher.label(texts(5), task: sentimentTask, purpose: .evaluation)
        #expect(try await teacher.ledger.counts().evaluation == 5)
        let trained = try await teacher.label(texts(5), task: sentimentTask, purpose: .training)
        #expect(endpoint.calls.count == 10)
        #expect(teacher.spending.reusedCalls == 0)
        #expect(evaluated == trained)
        try await teacher.close()
        try await endpoint.stop()
    }

    /// Somebody edits the mark by hand: the answer is refused, not used.
    @Test func evaluationAnswersAreRefusedAsTrainingLabels() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        _ = try await teacher.label(texts(2), task: sentimentTask, purpose: .training)
        let queue = try DatabaseQueue(path: folder.ledger.path)
        try await queue.write { try $0.execute(sql: "UPDATE call SET purpose = 'evaluation'") }
        let error = await teacherError {
            _ = try await teacher.label(texts(2), task: sentimentTask, purpose: .training)
        }
        #expect(error == .ledger(path: folder.ledger.path, .purposeMismatch))
        try queue.close()
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func offlineAnswersFromTheLedgerOnly() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let online = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let labels = try await online.label(texts(5), task: sentimentTask, purpose: .training)
        try await online.close()
        try await endpoint.stop()
        // No key is needed, and the endpoint is gone.
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.isOffline = true
            $0.apiKeyEnvironmentName = "SOME_KEY"
        }
        let offline = try Teacher(settings, surroundings: TeacherSurroundings(environment: [:]))
        try await offline.check(form: .completion)
        #expect(try await offline.label(texts(5), task: sentimentTask, purpose: .training) == labels)
        let error = await teacherError {
            _ = try await offline.label(texts(8), task: sentimentTask, purpose: .training)
        }
        #expect(error == .notRecorded(missing: 3, total: 8, ledger: folder.ledger.path))
        #expect(error?.description.hasPrefix("3 of 8 answers") == true)
        try await offline.close()
    }

    @Test(arguments: [Ledger.RecordingContents.answers, .requestsAndAnswers])
    func recordingGoesRound(_ contents: Ledger.RecordingContents) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let first = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let generated = try await first.generate(try reviewTask.requests(count: 6), task: reviewTask)
        let labels = try await first.label(texts(5), task: sentimentTask, purpose: .evaluation)
        let recording = try await first.ledger.recording(contents)
        try await first.close()
        try await endpoint.stop()
        #expect(String(decoding: recording, as: UTF8.self).contains("Text number") == (contents == .requestsAndAnswers))

        let file = folder.url.appendingPathComponent("recording.jsonl")
        try recording.write(to: file)
        let other = folder.url.appendingPathComponent("other/ledger.sqlite")
        let second = try Teacher(configuration(endpoint.url, ledger: other) { $0.isOffline = true })
        #expect(try await second.ledger.importRecording(from: file) == 11)
        #expect(try await second.ledger.importRecording(from: file) == 11, "importing again changes nothing")
        #expect(try await second.generate(try reviewTask.requests(count: 6), task: reviewTask) == generated)
        #expect(try await second.label(texts(5), task: sentimentTask, purpose: .evaluation) == labels)
        #expect(try await second.ledger.recording(contents) == recording)
        try await second.close()
    }

    @Test(arguments: [
        ("not json", "JSON object"), (#"{"key":"abc"}"#, "JSON object"),
        (#"{"key":"abc","purpose":"training","draw":0,"answer":{"text":"x"},"tokens":[1,1,0]}"#, "64 hexadecimal"),
        (#"{"key":"KEY","purpose":"training","draw":0,"answer":{"text":"x"},"tokens":[1]}"#, "three token counts"),
        (
            #"{"key":"KEY","purpose":"training","draw":0,"request":{"model":"m","prompt":"p","max_tokens":1,"temperature":0},"answer":{"text":"x"},"tokens":[1,1,0]}"#,
            "a key that fits"
        ),
    ])
    func badRecordingLinesAreNamed(_ line: String, words: String) async throws {
        let folder = try TemporaryFolder()
        let good = #"{"key":"KEY","purpose":"training","draw":0,"answer":{"text":"x"},"tokens":[1,1,0]}"#
        let text = [good, "", line].joined(separator: "\n").replacing("KEY", with: String(repeating: "0a", count: 32))
        let file = folder.url.appendingPathComponent("recording.jsonl")
        try Data(text.utf8).write(to: file)
        let ledger = try Ledger(at: folder.ledger)
        let error = await teacherError { _ = try await ledger.importRecording(from: file) }
        #expect(error?.description.contains("\(file.path):3") == true)
        #expect(error?.description.contains(words) == true)
        try ledger.close()
    }

    // MARK: - Files that are no ledger

    @Test func fileThatIsNoDatabase() throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 0x41, count: 10_000).write(to: folder.ledger)
        let error = #expect(throws: TeacherError.self) { _ = try Ledger(at: folder.ledger) }
        #expect(try #require(error).description.contains("damaged"))
    }

    @Test func databaseOfAnotherProgram() throws {
        let folder = try TemporaryFolder()
        let queue = try DatabaseQueue(path: folder.ledger.path)
        try queue.write { try $0.execute(sql: "CREATE TABLE call (x)") }
        try queue.close()
        #expect(throws: TeacherError.ledger(path: folder.ledger.path, .notALedger)) {
            _ = try Ledger(at: folder.ledger)
        }
    }

    @Test func ledgerOfAnotherVersion() throws {
        let folder = try TemporaryFolder()
        try Ledger(at: folder.ledger).close()
        let queue = try DatabaseQueue(path: folder.ledger.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 9") }
        try queue.close()
        #expect(throws: TeacherError.ledger(path: folder.ledger.path, .otherVersion(found: 9, expected: 2))) {
            _ = try Ledger(at: folder.ledger)
        }
    }

    /// A ledger of the first version goes on as one of this version, with every answer.
    @Test func earlierLedgerIsUpgraded() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let labels = try await teacher.label(texts(5), task: sentimentTask, purpose: .training)
        try await teacher.close()
        let queue = try DatabaseQueue(path: folder.ledger.path)
        try await queue.writeWithoutTransaction { database in
            try database.execute(sql: "DROP TABLE account")
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        try queue.close()
        let upgraded = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        try await upgraded.ledger.verifyIntegrity()
        #expect(try await upgraded.label(texts(5), task: sentimentTask, purpose: .training) == labels)
        #expect(endpoint.calls.count == 5)
        try await upgraded.close()
        try await endpoint.stop()
    }

    @Test func folderThatCannotBeMade() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("file")
        try Data().write(to: file)
        let ledger = file.appendingPathComponent("ledger.sqlite")
        #expect(throws: TeacherError.ledger(path: ledger.path, .notWritable)) { _ = try Ledger(at: ledger) }
    }

    /// The disk takes no more, here by a limit on the size of files: said plainly, and what was settled is still there.
    @Test func diskThatTakesNoMore() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let address = endpoint.url.absoluteString
        let path = folder.ledger.path
        await #expect(processExitsWith: .exitCode(41)) { [address = address as String, path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            guard let url = URL(string: address) else { return }
            let teacher = try Teacher(configuration(url, ledger: URL(fileURLWithPath: path)))
            do {
                _ = try await teacher.label(texts(2000), task: sentimentTask, purpose: .training)
            } catch TeacherError.ledger(_, let problem) where problem == .full || problem == .inputOutput {
                exit(41)
            }
        }
        let ledger = try Ledger(at: folder.ledger)
        try await ledger.verifyIntegrity()
        let settled = try await ledger.counts().settled
        try ledger.close()
        #expect(settled > 0 && settled < 2000)
        // What the child was told was settled is all that the endpoint answered, but for the calls of the last moment.
        #expect(endpoint.calls.count - settled <= 8)
        try await endpoint.stop()
    }

    /// Truncated or with flipped bytes anywhere: an error or a ledger, never a crash or a wrong answer.
    @Test(arguments: 0..<12) func damagedLedgerIsNoticedOrHarmless(_ seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start()
        let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
        let expected = try await teacher.label(texts(60), task: sentimentTask, purpose: .training)
        try await teacher.close()
        var bytes = try Data(contentsOf: folder.ledger)
        var random = SplitMix64(seed: seed)
        if seed % 3 == 0 {
            bytes = bytes.prefix(Int.random(in: 1..<bytes.count, using: &random))
        } else {
            let start = Int.random(in: 0..<(bytes.count - 600), using: &random)
            for index in start..<(start + 600) { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        }
        try bytes.write(to: folder.ledger)
        do {
            let again = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
            let labels = try await again.label(texts(60), task: sentimentTask, purpose: .training)
            #expect(labels == expected)
            try await again.close()
        } catch {
            let text = try #require(error as? TeacherError).description
            #expect(text.contains(folder.ledger.path))
        }
        try await endpoint.stop()
    }
}
