import Foundation

extension Teacher {
    /// A vector for each text, in the texts' order; all of one dimension. A text without content has zeros.
    ///
    /// - Parameters:
    ///   - batch: texts a call. The batches are a matter of the texts' order alone, so that a repetition is free.
    ///   - limitCharacters: longer texts are cut here.
    package func embeddings(
        of texts: [String], batch: Int, limitCharacters: Int = 2000, progress: ProgressHandler? = nil
    ) async throws -> (dimension: Int, values: [Float]) {
        let lines = texts.map { oneLine($0, limitCharacters: limitCharacters) }
        let asked = lines.indices.filter { !lines[$0].isEmpty }
        let batches = stride(from: 0, to: asked.count, by: batch).map {
            Array(asked[$0..<min($0 + batch, asked.count)])
        }
        let calls = batches.map { rows in
            TeacherCall(
                request: .embedding(model: configuration.model, texts: rows.map { lines[$0] }), purpose: .training,
                keepsBody: true)
        }
        var vectors = [[Float]](repeating: [], count: texts.count)
        for (rows, settled) in zip(batches, try await answers(to: calls, progress: progress)) {
            for (row, vector) in zip(rows, try vectorsOf(settled, count: rows.count)) { vectors[row] = vector }
        }
        let dimension = vectors.first { !$0.isEmpty }?.count ?? 0
        guard vectors.allSatisfy({ $0.isEmpty || $0.count == dimension }) else {
            throw malformed("embeddings of \(dimension) numbers, as for the first text")
        }
        return (dimension, vectors.flatMap { $0.isEmpty ? [Float](repeating: 0, count: dimension) : $0 })
    }

    private func vectorsOf(_ settled: SettledAnswer, count: Int) throws(TeacherError) -> [[Float]] {
        struct Body: Decodable {
            struct Entry: Decodable {
                let index: Int?
                let embedding: [Float]
            }
            let data: [Entry]
        }
        let expected = "\(count) embeddings, each with its index and finite numbers"
        guard let body = try? JSONDecoder().decode(Body.self, from: Data((settled.answer.body ?? "").utf8)) else {
            throw malformed(expected)
        }
        var vectors = [[Float]](repeating: [], count: count)
        for (position, entry) in body.data.enumerated() {
            let index = entry.index ?? position
            guard vectors.indices.contains(index), vectors[index].isEmpty, !entry.embedding.isEmpty,
                entry.embedding.allSatisfy(\.isFinite)
            else { throw malformed(expected) }
            vectors[index] = entry.embedding
        }
        guard vectors.allSatisfy({ !$0.isEmpty }) else { throw malformed(expected) }
        return vectors
    }

    private func malformed(_ expected: String) -> TeacherError {
        .malformedAnswer(endpoint: configuration.endpoint.absoluteString, expected: expected)
    }
}
