import AttarEvaluation
import Foundation

/// Compares the models of runs, row by row of the held-out data that all were evaluated on.
///
/// - Parameter paths: folders of runs; the first is what the others are compared with.
package func comparison(ofRuns paths: [String], options: EvaluationOptions) throws -> RunComparison {
    try RunComparison(
        paths.map { path in
            let directory = RunDirectory(URL(filePath: path, directoryHint: .isDirectory), shownPath: path)
            return (path, try directory.heldOutAnswers())
        }, options: options)
}

/// How texts differ from those that a model was made for.
package struct Drift {
    package let figures: DriftFigures

    /// - Throws: `UnusableModel`; `DataError` where texts cannot be read; `DriftError` where the file knows nothing of the texts it
    ///   was made for.
    package init(modelPath: String, textsPath: String, textColumn: String) throws {
        let file = try openModel(modelPath)
        guard let reference = ReferenceStatistics(metadata: file.metadata, labelCount: file.labels.count) else {
            throw DriftError.noReference(path: modelPath)
        }
        let deployed = try DeployedModel(file)
        var texts: [String] = []
        var traffic = TrafficAnswers(confidences: [], answers: [])
        try TextStream(path: textsPath, textColumn: textColumn).read { text in
            texts.append(text)
            guard texts.count == Self.batch else { return }
            traffic.append(deployed.traffic(texts))
            texts = []
        }
        traffic.append(deployed.traffic(texts))
        guard let figures = DriftFigures(traffic, against: reference) else {
            throw DriftError.noTexts(path: textsPath)
        }
        self.figures = figures
    }

    /// Texts answered together.
    private static let batch = 4096
}

package enum DriftError: Error, CustomStringConvertible {
    case noReference(path: String)
    case noTexts(path: String)

    package var description: String {
        switch self {
        case .noReference(let path):
            "\(path): expected what the model answered to texts such as it was made for; the file has nothing of it: "
                + "there were no calibration rows, or an older attar wrote it. Export it again"
        case .noTexts(let path): "\(path): expected texts; found none"
        }
    }
}
