/// Why a model file is refused: one case for each way to fail.
public enum ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotOpen(path: String, code: Int32)
    case notAFile(path: String)
    case tooShort(bytes: Int)
    case badMagic
    case unsupportedVersion(major: Int, minor: Int)
    case sizeMismatch(expected: Int, found: Int)
    case headerDamaged
    case sectionDamaged(kind: Int)
    case badSectionTable(reason: String)
    case missingSection(name: String)
    case malformed(section: String, reason: String)
    case trainingInstruction(index: Int)
    case tooMuchMemory(bytes: Int, limit: Int)
    case unusable(RuntimeError)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let code):
            "cannot open the model “\(path)” (system error \(code)): does it exist, and may you read it?"
        case .notAFile(let path): "“\(path)” is not a regular file; a model is one file, usually named model.attar"
        case .tooShort(let bytes):
            "the model file has \(bytes) bytes, fewer than its header: it was cut off or is not a model"
        case .badMagic:
            "this is not an Attar model file: its first bytes differ (a copy in text mode changes them, too)"
        case .unsupportedVersion(let major, let minor):
            "the model file has version \(major).\(minor); this build reads version 1"
        case .sizeMismatch(let expected, let found):
            "the model file should have \(expected) bytes and has \(found): it was cut off or added to; copy it again"
        case .headerDamaged: "the model file's header fails its checksum: the file is damaged; copy it again"
        case .sectionDamaged(let kind):
            "section \(kind) of the model file fails its checksum: the file is damaged; copy it again"
        case .badSectionTable(let reason): "the model file's section table is not valid: \(reason)"
        case .missingSection(let name): "the model file has no \(name) section"
        case .malformed(let section, let reason): "the model file's \(section) section is not valid: \(reason)"
        case .trainingInstruction(let index): "instruction \(index) of the model file is for training only"
        case .tooMuchMemory(let bytes, let limit):
            "one prediction of the model would need \(bytes) bytes of memory, at most \(limit) are allowed"
        case .unusable(let error): "the model file cannot run here: \(error)"
        }
    }
}
