import Yams

extension RecipeText {
    /// An error of the YAML parser in our terms: its place, and what it says.
    static func translated(
        _ error: YamlError, text: String, place: (_ line: Int, _ column: Int) -> RecipePlace
    ) -> RecipeError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let reason = context.map { "\($0.text) from line \($0.mark.line): \(problem)" } ?? problem
            return .syntax(place: place(mark.line, mark.column), reason: reason)
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return .syntax(place: place(line, column), reason: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let issue = RecipeIssue(
                place: place(context.mark.line, context.mark.column), key: duplicates.joined(separator: ", "),
                problem: .duplicateKey)
            return .invalid([issue])
        case .memory: return .syntax(place: place(1, 1), reason: "not enough memory to read it")
        case .dataCouldNotBeDecoded: return .syntax(place: place(1, 1), reason: "not UTF-8 text")
        case .no, .writer, .emitter, .representer: return .syntax(place: place(1, 1), reason: "\(error)")
        }
    }
}
