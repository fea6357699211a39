import AttarEvaluation
import AttarRuntime
import AttarStatistics

/// A model file that cannot be used, with its name: the runtime's own errors speak of one file only.
package struct UnusableModel: Error, CustomStringConvertible {
    package let path: String
    package let reason: ModelFileError

    package var description: String {
        switch reason {
        case .cannotOpen, .notAFile: "\(reason)"
        default: "\(path): \(reason)"
        }
    }
}

/// Opens a model file.
package func openModel(_ path: String) throws(UnusableModel) -> ModelFile {
    do {
        return try ModelFile(path: path)
    } catch {
        throw UnusableModel(path: path, reason: error)
    }
}

/// Opens a model file for predictions.
package func openClassifier(_ path: String) throws(UnusableModel) -> Classifier {
    do throws(ModelFileError) {
        return try Classifier(ModelFile(path: path))
    } catch {
        throw UnusableModel(path: path, reason: error)
    }
}

/// Measures a model file, on invented texts where none are given.
package func benchmark(
    _ path: String, texts: [String], samples: Int, threads: Int
) throws -> ModelBenchmark {
    let kernels = try Kernels()
    do throws(ModelFileError) {
        return try ModelBenchmark(
            path: path, texts: texts.isEmpty ? inventedTexts(1000) : texts, samples: samples, threads: threads,
            kernels: kernels)
    } catch {
        throw UnusableModel(path: path, reason: error)
    }
}

/// Sentences of 3 to 24 words of two to four syllables.
private func inventedTexts(_ count: Int) -> [String] {
    let (consonants, vowels) = (Array("bdfgklmnprstvz"), Array("aeiou"))
    var generator = SplitMix64(seed: 7)
    func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
    return (0..<count).map { _ in
        (0..<(3 + below(22))).map { _ in
            (0..<(2 + below(3))).map { _ in
                "\(consonants[below(consonants.count)])\(vowels[below(vowels.count)])"
            }.joined()
        }.joined(separator: " ")
    }
}
