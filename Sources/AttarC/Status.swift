import AttarRuntime
import CAttar

extension ModelFileError {
    var status: attar_status {
        let status =
            switch self {
            case .cannotOpen: ATTAR_CANNOT_OPEN
            case .notAFile: ATTAR_NOT_A_FILE
            case .notAligned: ATTAR_NOT_ALIGNED
            case .tooShort, .badMagic: ATTAR_NOT_A_MODEL
            case .unsupportedVersion: ATTAR_UNSUPPORTED_VERSION
            case .sizeMismatch, .headerDamaged, .sectionDamaged: ATTAR_DAMAGED
            case .tooMuchMemory: ATTAR_TOO_MUCH_MEMORY
            case .unusable(.unknownKernels): ATTAR_UNKNOWN_KERNELS
            case .unusable(.memoryUnfit): ATTAR_MEMORY_UNFIT
            case .unusable: ATTAR_CANNOT_RUN
            default: ATTAR_INVALID_MODEL
            }
        return attar_status(status)
    }
}

/// The status of what `body` does.
func status(_ body: () throws(ModelFileError) -> attar_status) -> attar_status {
    do throws(ModelFileError) { return try body() } catch { return error.status }
}

let ok = attar_status(ATTAR_OK)
let badArgument = attar_status(ATTAR_BAD_ARGUMENT)
