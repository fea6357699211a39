/// What makes a text something else than one plain line.
package enum FormatFlaw: String, CaseIterable, Sendable {
    case empty, severalLines, placeholder, markup, listNumber, assistant, damaged
}

/// The first thing that a text has and a person's line of text has not; nil for a plain line.
package func formatFlaw(of text: String) -> FormatFlaw? {
    if !text.contains(where: { $0.isLetter || $0.isNumber || $0.isSymbol }) { return .empty }
    if text.contains(where: \.isNewline) { return .severalLines }
    // What decoding puts where bytes are no text.
    if text.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || $0.value < 0x20 && $0 != "\t" }) { return .damaged }
    if hasPlaceholder(text) { return .placeholder }
    if hasMarkup(text) { return .markup }
    if hasListNumber(text) { return .listNumber }
    let start = text.prefix(160).lowercased()
    if ["as an ai", "ai language model", "as a language model"].contains(where: start.contains) { return .assistant }
    return nil
}

/// Tags such as `<b>` or `</p>`, Markdown's headings, bold words and code, and objects of JSON.
private func hasMarkup(_ text: String) -> Bool {
    // Expressions are slow, and few texts have any of these.
    guard text.utf8.contains(where: { "*`]#<{[".utf8.contains($0) }) else { return false }
    if text.contains("**") || text.contains("```") || text.contains("](http") { return true }
    if text.prefixMatch(of: /\s*(#{1,6}\s|\{\s*"|\[\s*[\{"])/) != nil { return true }
    return text.contains(/<\/?[A-Za-z][A-Za-z0-9]*(\s[^<>]*)?\/?>/)
}

/// “1. …”, “2) …”, “(3) …”, “- …”, “• …”: an item of a list. “2 stars” and “3.5 inches” are none.
private func hasListNumber(_ text: String) -> Bool {
    guard let first = text.first(where: { $0 != " " }), first.isNumber || "(-*•–".contains(first) else { return false }
    return text.prefixMatch(of: /\s*(\(?[0-9]{1,3}[.)]\s|[-*•–]\s)/) != nil
}

/// “[product name]”, “{name}”, “<your name here>”: a gap that was left to fill in.
private func hasPlaceholder(_ text: String) -> Bool {
    guard text.utf8.contains(where: { "[{<".utf8.contains($0) }) else { return false }
    guard let gap = text.firstMatch(of: /[\[{<]([A-Za-z][A-Za-z'_ ]{1,30})[\]}>]/)?.1 else { return false }
    let words = gap.lowercased().split(whereSeparator: { $0 == " " || $0 == "_" })
    return words.contains { placeholderWords.contains($0) }
}

private let placeholderWords: Set<Substring> = [
    "your", "insert", "name", "product", "item", "brand", "company", "place", "city", "location", "date", "number",
]
