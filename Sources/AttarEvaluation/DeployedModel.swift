import AttarRuntime
import AttarStatistics
import Foundation

/// A model file under evaluation: its answers, its times, and how its texts differ from those it was made for.
package struct DeployedModel {
    package let file: ModelFile
    package let classifier: BatchClassifier

    package init(_ file: ModelFile) throws(ModelFileError) {
        self.file = file
        classifier = try BatchClassifier(file, threads: ProcessInfo.processInfo.activeProcessorCount)
    }

    /// The file's answers to held-out rows, with the time of one prediction at a time.
    package func system(named name: String, on set: HeldOutSet) throws -> EvaluatedSystem {
        EvaluatedSystem(
            name: name, role: .deployedFile, probabilities: set.probabilities(of: classifier), sizeBytes: file.bytes,
            latency: try latency(on: set.texts))
    }

    private func latency(on texts: [String]) throws -> LatencyFigures? {
        let single = try Classifier(file)
        let bytes = texts.map { Array($0.utf8) }
        var probabilities = [Float](repeating: 0, count: file.labels.count)
        return try measureLatency(
            systems: [
                { row in
                    bytes[row].withUnsafeBufferPointer { text in
                        probabilities.withUnsafeMutableBufferPointer { single.predict(text, into: $0) }
                    }
                }
            ], rows: texts.count
        ).first ?? nil
    }

    /// Energy of a prediction on this machine, of all that runs on the processor meanwhile; nil where it does not tell.
    package func microjoules(on set: HeldOutSet) -> Double? {
        guard let energy = ProcessorEnergy() else { return nil }
        _ = classifier.predict(set.texts)
        return energy.microjoules.map { $0 / Double(set.count) }
    }

    /// What the file says of texts that come along.
    package func traffic(_ texts: [String]) -> TrafficAnswers {
        TrafficAnswers(classifier.predict(texts), cascade: file.decision?.cascade)
    }

    /// How far held-out texts are from those that the file was made for; nil where it does not know.
    package func drift(on set: HeldOutSet) -> DriftFigures? {
        ReferenceStatistics(metadata: file.metadata, labelCount: file.labels.count).flatMap {
            DriftFigures(traffic(set.texts), against: $0)
        }
    }

    /// Figures on rows of another kind than the file was made for.
    ///
    /// - Parameter source: the file of the rows, as the user wrote it.
    package func shifted(
        on set: HeldOutSet, source: String, options: EvaluationOptions
    ) throws -> ShiftedFigures? {
        guard let drift = drift(on: set) else { return nil }
        let predicted = classifier.predict(set.texts).map(\.index)
        let correct = predicted.indices.count { predicted[$0] == set.gold[$0] }
        return ShiftedFigures(
            source: source, rows: set.count,
            accuracy: Estimate(correct, of: set.count, level: options.intervalLevel),
            macroF1: macroF1(truth: set.gold, predicted: predicted, classCount: set.labels.count), drift: drift)
    }
}

extension HeldOutSet {
    /// Figures of a student of one seed.
    package func seedRun(named name: String, seed: Int, probabilities: [Float]) -> SeedFigures.Run {
        let predicted = mostProbable(probabilities, classCount: labels.count).map { $0 ?? 0 }
        return SeedFigures.Run(
            name: name, seed: seed, accuracy: accuracy(truth: gold, predicted: predicted),
            macroF1: macroF1(truth: gold, predicted: predicted, classCount: labels.count))
    }
}
