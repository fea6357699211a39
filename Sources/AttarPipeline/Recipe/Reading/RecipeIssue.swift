/// One thing that is wrong in a recipe.
package struct RecipeIssue: Sendable, Equatable {
    package let place: RecipePlace
    /// Dotted path of the key, as `--set` would name it; empty at the top.
    package let key: String
    package let problem: Problem

    package enum Problem: Sendable, Equatable {
        case unknownKey(nearest: String?, known: [String])
        case duplicateKey
        case missingKey(expected: String)
        case wrongValue(expected: String, found: String)
        case missingFile(path: String, remedy: String)
        /// Two keys that do not go together: the whole message.
        case conflict(String)
    }
}

extension RecipeIssue: CustomStringConvertible {
    package var description: String {
        let name = key.isEmpty ? "" : "\(key): "
        return "\(place): \(name)\(problem)"
    }
}

extension RecipeIssue.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownKey(let nearest?, _): "unknown key; did you mean `\(nearest)`?"
        case .unknownKey(nil, let known) where known.isEmpty: "unknown key; no keys are read here"
        case .unknownKey(nil, let known): "unknown key; keys here: \(known.joined(separator: ", "))"
        case .duplicateKey: "this key is written twice; keep one"
        case .missingKey(let expected): "missing; expected \(expected)"
        case .wrongValue(let expected, let found): "expected \(expected); found \(found)"
        case .missingFile(let path, let remedy): "no file at \(path); \(remedy)"
        case .conflict(let message): message
        }
    }
}

/// Why a recipe cannot be used.
package enum RecipeError: Error, Sendable, Equatable {
    case unreadable(path: String, reason: String)
    case notUTF8(path: String, line: Int)
    case tooLarge(path: String, bytes: Int, limitBytes: Int)
    case syntax(place: RecipePlace, reason: String)
    case override(argument: String, reason: String)
    /// Everything that is wrong, in the order of the keys.
    case invalid([RecipeIssue])
}

extension RecipeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot read the recipe: \(reason)"
        case .notUTF8(let path, let line):
            "\(path):\(line): expected UTF-8 text; found other bytes. Save the recipe as UTF-8"
        case .tooLarge(let path, let bytes, let limit): "\(path): expected at most \(limit) bytes; found \(bytes)"
        case .syntax(let place, let reason): "\(place): not valid YAML: \(reason)"
        case .override(let argument, let reason): "--set \(argument): \(reason)"
        case .invalid(let issues): issues.map(\.description).joined(separator: "\n")
        }
    }
}
