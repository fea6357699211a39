import AttarRuntime

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
