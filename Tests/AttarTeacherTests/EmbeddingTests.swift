import AttarTeacher
import AttarTestSupport
import Foundation
import Testing

@Suite struct EmbeddingTests {
    private func embed(
        _ texts: [String], batch: Int = 3, answers: String? = nil
    ) async throws -> (dimension: Int, values: [Float]) {
        let endpoint = try await FaultEndpoint.start { _ in
            answers.map { .body(status: 200, type: "application/json", $0) }
        }
        let folder = try TemporaryFolder()
        do {
            let found = try await Teacher.use(configuration(endpoint.url, ledger: folder.ledger) { $0.retries = 0 }) {
                try await $0.embeddings(of: texts, batch: batch)
            }
            try await endpoint.stop()
            return found
        } catch {
            try await endpoint.stop()
            throw error
        }
    }

    @Test(arguments: [1, 2, 3, 50]) func rowsKeepTheirOrderWhateverTheBatch(_ batch: Int) async throws {
        let texts = ["one", " ", "two\nlines", "three", "one"]
        let found = try await embed(texts, batch: batch)
        #expect(found.dimension == 4 && found.values.count == 20)
        #expect(Array(found.values[4..<8]) == [0, 0, 0, 0], "a text without content")
        #expect(found.values[0..<4] == found.values[16..<20])
        let alone = try await embed(["two lines"])
        #expect(alone.values == Array(found.values[8..<12]))
    }

    @Test func indexesDecideNotTheOrderOfTheAnswer() async throws {
        let answer = #"{"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2]}]}"#
        #expect(try await embed(["a", "b"], answers: answer).values == [1, 2, 3, 4])
    }

    @Test(arguments: [
        #"{"data":[{"index":0,"embedding":[1,2]},{"index":0,"embedding":[1,2]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,2]},{"index":5,"embedding":[1,2]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":["x"]}]}"#,
        #"{"data":[{"index":0,"embedding":[1,2]}]}"#,
    ])
    func answersThatDoNotFitAreRefused(_ answer: String) async throws {
        let error = await teacherError { _ = try await self.embed(["a", "b"], answers: answer) }
        guard case .malformedAnswer = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
