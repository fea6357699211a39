import AttarStatistics
import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite struct RetryTests {
    /// A point in time is read by the endpoint's own clock, whatever the time is here.
    @Test(
        arguments: [
            ("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", 30.0),
            ("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:30:00 GMT", 0),
            ("Wed, 21 Oct 2015 07:28:00 GMT", nil, nil), ("soon", "Wed, 21 Oct 2015 07:28:00 GMT", nil),
            ("12", nil, 12),
        ] as [(String, String?, Double?)])
    func retryAfterMayBeADate(_ header: String, _ date: String?, _ seconds: Double?) {
        let limits = RateLimits { ["retry-after": header, "date": date].compactMapValues { $0 }[$0] }
        #expect(limits.retryAfterSeconds == seconds)
    }

    @Test func retryAfterIsHonoured() async throws {
        let folder = try TemporaryFolder()
        let pauses = RecordedPauses()
        let endpoint = try await FaultEndpoint.start { $0.number == 0 ? .tooManyRequests(retryAfter: "7") : nil }
        let teacher = try Teacher(
            configuration(endpoint.url, ledger: folder.ledger), surroundings: pauses.surroundings())
        _ = try await teacher.label(["A fine kettle."], task: sentimentTask, purpose: .training)
        #expect(pauses.seconds.count == 1)
        #expect(pauses.seconds.allSatisfy { (7...8).contains($0) })
        #expect(teacher.spending.requests == 1, "a refused attempt costs nothing")
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func waitsGrowAndAreSpread() async throws {
        let folder = try TemporaryFolder()
        let pauses = RecordedPauses()
        let endpoint = try await FaultEndpoint.start { _ in .status(503) }
        let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.retries = 9 }
        let teacher = try Teacher(settings, surroundings: pauses.surroundings())
        _ = await teacherError {
            _ = try await teacher.label(["A fine kettle."], task: sentimentTask, purpose: .training)
        }
        #expect(pauses.seconds.count == 9)
        for (attempt, wait) in pauses.seconds.enumerated() {
            #expect(wait >= 0 && wait <= min(0.5 * Double(1 << attempt), 30))
        }
        let ratios = pauses.seconds.prefix(6).enumerated().map { $0.element / Double(1 << $0.offset) }
        #expect(Set(ratios).count > 1, "the jitter differs between attempts")
        #expect(pauses.seconds.suffix(4).max() ?? 0 > 4, "later waits are longer")
        try await teacher.close()
        try await endpoint.stop()
    }

    /// Faults that pass, one after the other in random order, for every call: all calls are answered all the same, and
    /// the answers are those of an endpoint without faults.
    @Test(arguments: 0..<6) func randomMixesOfPassingFaultsEndWell(_ seed: UInt64) async throws {
        let passing: [FaultEndpointFault] = [
            .tooManyRequests(retryAfter: "1"), .tooManyRequests(retryAfter: nil), .status(500), .html(status: 502),
            .reset, .cutBody, .badJSON, .wrongShape, .emptyBody, .endlessBody, .html(status: 200), .status(529),
        ]
        let count = 60
        let task = sentimentTask
        let expected = try await undisturbedLabels(count, task: task)
        let folder = try TemporaryFolder()
        let endpoint = try await FaultEndpoint.start { request in
            // Each body fails zero to two times, then is answered.
            let draw = FaultEndpointAnswers.hash(String(decoding: request.body, as: UTF8.self)) &+ seed &* 0x9E37_79B9
            guard request.repetition < Int(draw >> 8 % 3) else { return nil }
            var random = SplitMix64(seed: draw &+ UInt64(request.repetition))
            return passing.randomElement(using: &random)
        }
        let settings = configuration(endpoint.url, ledger: folder.ledger) {
            $0.concurrency = 8
            $0.answerLimitBytes = 65536
        }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let labels = try await teacher.label(texts(count), task: task, purpose: .training)
        #expect(labels == expected)
        #expect(teacher.spending.settledCalls == count)
        #expect(teacher.spending.requests == endpoint.charged.count)
        #expect(endpoint.mostAtOnce <= 8)
        let counts = try await teacher.ledger.counts()
        #expect(counts.settled == count && counts.reserved == 0)
        try await teacher.ledger.verifyIntegrity()
        try await teacher.close()
        try await endpoint.stop()
    }

    /// One call at a time, in whatever order they end: always the same results.
    @Test(arguments: [1, 3, 16]) func resultsDoNotDependOnTheOrderOfArrival(_ concurrency: Int) async throws {
        let expected = try await undisturbedLabels(40, task: sentimentTask)
        let folder = try TemporaryFolder()
        // The first calls are turned away once and so arrive last.
        let endpoint = try await FaultEndpoint.start { $0.repetition == 0 && $0.number % 3 == 0 ? .status(503) : nil }
        let settings = configuration(endpoint.url, ledger: folder.ledger) { $0.concurrency = concurrency }
        let teacher = try Teacher(settings, surroundings: RecordedPauses().surroundings())
        let labels = try await teacher.label(texts(40), task: sentimentTask, purpose: .training)
        #expect(labels == expected)
        #expect(endpoint.mostAtOnce <= concurrency)
        try await teacher.close()
        try await endpoint.stop()
    }

    @Test func bothLogprobShapesGiveTheSameLabels() async throws {
        var labels: [[LabelAnswer]] = []
        for shape in FaultEndpointAnswers.Shape.allCases {
            for form in PromptForm.allCases {
                let folder = try TemporaryFolder()
                // Answers depend on the last line only, so that both prompt forms get the same.
                let endpoint = try await FaultEndpoint.start(
                    answers: FaultEndpointAnswers(
                        shape: shape,
                        tokens: { prompt in
                            let words = prompt.components(separatedBy: "number ").last?.prefix { $0.isNumber } ?? ""
                            return FaultEndpointAnswers.sentiment(String(words))
                        }))
                let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
                var task = sentimentTask
                task.form = form
                labels.append(try await teacher.label(texts(5), task: task, purpose: .training))
                try await teacher.close()
                try await endpoint.stop()
            }
        }
        #expect(labels.allSatisfy { $0 == labels[0] })
        #expect(Set(labels[0]).count > 1)
    }
}

/// Labels from an endpoint without faults.
func undisturbedLabels(_ count: Int, task: LabelTask) async throws -> [LabelAnswer] {
    let folder = try TemporaryFolder()
    let endpoint = try await FaultEndpoint.start()
    let teacher = try Teacher(configuration(endpoint.url, ledger: folder.ledger))
    let labels = try await teacher.label(texts(count), task: task, purpose: .training)
    try await teacher.close()
    try await endpoint.stop()
    return labels
}
