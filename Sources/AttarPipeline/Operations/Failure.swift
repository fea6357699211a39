import AttarData
import AttarEvaluation
import AttarHDF5
import AttarRuntime
import AttarTeacher
import Foundation

/// What an error means to the user: what to tell, and who can mend it.
package struct Failure: Sendable {
    package enum Kind: Sendable {
        /// Files, recipe or arguments are wrong.
        case input
        /// The work itself failed: endpoint, disk, memory.
        case work
        /// A limit of the recipe is reached: raised, the same command goes on.
        case paused
        case interrupted
    }

    package let kind: Kind
    package let message: String

    package init(_ error: any Error) {
        switch error {
        case let error as RunError: self.init(run: error)
        case is CancellationError: self.init(.interrupted, "stopped")
        case let error as RecipeError: self.init(.input, "\(error)")
        case let error as TuningError: self.init(.input, "\(error)")
        case let error as TextDataError: self.init(.input, "\(error)")
        case let error as SuggestionError: self.init(.input, "\(error)")
        case let error as RoundsError: self.init(.input, "\(error)")
        case let error as HeldOutError: self.init(.input, "\(error)")
        case let error as DataError: self.init(error.isOfDisk ? .work : .input, "\(error)")
        case let error as HDF5Error: self.init(.input, "\(error)")
        case let error as FileError: self.init(error.isOfDisk ? .work : .input, "\(error)")
        case let error as UnusableModel: self.init(.input, "\(error)")
        case let error as ModelFileError: self.init(.input, "\(error)")
        case let error as RuntimeError: self.init(.input, "\(error)")
        case let error as DriftError: self.init(.input, "\(error)")
        case let error as EvaluationError: self.init(.input, "\(error)")
        case let error as CascadeTeacherError: self.init(.input, "\(error)")
        case let error as TeacherSectionError: self.init(error.error.kind, "\(error)")
        case let error as TeacherError: self.init(error.kind, "\(error)")
        default: self.init(.work, errorText(error))
        }
    }

    private init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    private init(run error: RunError) {
        switch error {
        case .interrupted: self.init(.interrupted, "\(error)")
        case .failed(let stage, let cause):
            let failure = Failure(cause)
            self.init(failure.kind, "stage \(stage.rawValue): \(failure.message)")
        case .folderNotWritable, .noSuchRun, .noSuchStage, .missingInput, .damagedRecord, .newerFormat, .olderFormat,
            .notEvaluated:
            self.init(.input, "\(error)")
        case .inUse, .missingOutput, .file, .damagedOutput: self.init(.work, "\(error)")
        }
    }
}

extension FileError {
    fileprivate var isOfDisk: Bool { [ENOSPC, EDQUOT, EIO, EMFILE, ENFILE].contains(code) }
}

extension DataError {
    fileprivate var isOfDisk: Bool {
        if case .file(let error) = self { return error.isOfDisk }
        return false
    }
}

extension TeacherError {
    fileprivate var kind: Failure.Kind {
        switch self {
        // Wrong in the recipe or the environment, rather than out there.
        case .badEndpoint, .insecureEndpoint, .missingKey, .unusableKey, .unknownModel, .wrongPath, .recording, .task,
            .ledger(_, .notFound), .ledger(_, .notALedger), .ledger(_, .otherVersion):
            .input
        case .budgetReached: .paused
        default: .work
        }
    }
}
