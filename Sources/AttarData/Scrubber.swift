import Foundation

/// Replaces personal data in texts by placeholders: “write to [EMAIL]”.
///
/// What looks like a number of an account or card must also pass its check digits, so that order numbers stay.
package struct Scrubber: Sendable {
    package enum Kind: String, CaseIterable, Sendable { case email, iban, card, ip, phone }

    /// A pattern of the user's own.
    package struct Pattern: Sendable {
        package let name: String
        private let source: String

        /// Throws what the regular expression's compiler says.
        package init(name: String, source: String) throws {
            self.name = name
            self.source = source
            _ = try Regex(source)
        }

        fileprivate var regex: Regex<AnyRegexOutput> {
            // Compiled before: it was checked when this was made.
            do { return try Regex(source) } catch { preconditionFailure("a checked pattern compiles: \(error)") }
        }
    }

    private static let mostPasses = 8
    private let kinds: [Kind]
    private let patterns: [Pattern]

    package init(_ kinds: [Kind], patterns: [Pattern] = []) {
        self.kinds = Kind.allCases.filter(kinds.contains)
        self.patterns = patterns
    }

    package var isEmpty: Bool { kinds.isEmpty && patterns.isEmpty }

    /// Every name that `counts` may hold, in the order of replacement: own patterns first, then what is most specific.
    package var names: [String] { patterns.map(\.name) + kinds.map(\.rawValue) }

    /// The texts with placeholders, and how many there are of each name.
    package func scrub(_ texts: [String]) -> (texts: [String], counts: [String: Int]) {
        var counts: [String: Int] = [:]
        let regexes = patterns.map { ($0.name, $0.regex) }
        let scrubbed = texts.map { text in
            var text = text
            for (name, regex) in regexes { replace(regex, in: &text, by: name, &counts) { _ in 0 } }
            // A placeholder can make what stands beside it a word of its own.
            for _ in 0..<Self.mostPasses {
                let before = text
                for kind in kinds { kind.replace(in: &text, &counts) }
                if text == before { break }
            }
            return text
        }
        return (scrubbed, counts)
    }

    package func scrub(_ text: String) -> String { scrub([text]).texts[0] }
}

/// Replaces matches by “[NAME]” where `excess` says how many characters at their end are no part of it. Where it says
/// nil, the search goes on after the match's first group of characters.
private func replace<Output>(
    _ regex: Regex<Output>, in text: inout String, by name: String, _ counts: inout [String: Int],
    excess: (Substring) -> Int?
) {
    let placeholder = "[\(name.uppercased())]"
    var result = ""
    var rest = text[...]
    while let match = rest.firstMatch(of: regex) {
        guard !match.range.isEmpty else {
            // A pattern that also matches nothing may match something further on.
            guard match.range.lowerBound < rest.endIndex else { break }
            let next = rest.index(after: match.range.lowerBound)
            result += rest[..<next]
            rest = rest[next...]
            continue
        }
        if let excess = excess(rest[match.range]) {
            let end = rest.index(match.range.upperBound, offsetBy: -excess)
            result += rest[..<match.range.lowerBound] + placeholder
            rest = rest[end...]
            counts[name, default: 0] += 1
        } else {
            let matched = rest[match.range]
            let end = matched.firstIndex { !$0.isLetter && !$0.isNumber } ?? matched.endIndex
            let next = max(end, rest.index(after: match.range.lowerBound))
            result += rest[..<next]
            rest = rest[next...]
        }
    }
    if !result.isEmpty { text = result + rest }
}

extension Scrubber.Kind {
    fileprivate func replace(in text: inout String, _ counts: inout [String: Int]) {
        let bytes = text.utf8
        let hasDigit = bytes.contains { (0x30...0x39).contains($0) }
        switch self {
        case .email:
            guard bytes.contains(UInt8(ascii: "@")) else { return }
            let address = /[\p{L}0-9._%+\-]+@[\p{L}0-9\-]+(\.[\p{L}0-9\-]+)*\.\p{L}{2,}/
            replace(address, by: rawValue) { _ in 0 }
        case .iban:
            guard hasDigit else { return }
            replace(/\b[A-Za-z]{2}[0-9]{2}([ .\-]?[A-Za-z0-9]){11,30}\b/, by: rawValue, excess: excessOfIBAN)
        case .card:
            guard hasDigit else { return }
            replace(/\b[0-9]([ .\-]?[0-9]){12,18}\b/, by: rawValue, excess: excessOfCard)
        case .ip:
            guard hasDigit || bytes.contains(UInt8(ascii: ":")) else { return }
            replace(/\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b/, by: rawValue) { isAddress($0, AF_INET) ? 0 : nil }
            guard bytes.contains(UInt8(ascii: ":")) else { return }
            replace(/[0-9A-Fa-f:]{2,39}/, by: rawValue) { match in
                match.contains(where: \.isNumber) && isAddress(match, AF_INET6) ? 0 : nil
            }
        case .phone:
            guard hasDigit else { return }
            // With the country's number; in the forms of North America; or with the 0 before an area.
            replace(/(\+|\b00)[1-9]([ .\/\-()]{0,2}[0-9]){6,14}\b/, by: rawValue) { _ in 0 }
            replace(/(\([0-9]{3}\) ?|\b[0-9]{3}[ .\-])[0-9]{3}[ .\-][0-9]{4}\b/, by: rawValue) { _ in 0 }
            replace(/(\(0[1-9][0-9]{0,4}\)|\b0[1-9][0-9]{0,4})([ .\/\-]{0,2}[0-9]){6,10}\b/, by: rawValue) { match in
                match.contains { !$0.isNumber } || match.count >= 10 ? 0 : nil
            }
        }

        func replace<Output>(_ regex: Regex<Output>, by name: String, excess: (Substring) -> Int?) {
            AttarData.replace(regex, in: &text, by: name, &counts, excess: excess)
        }
    }
}

/// Characters at the end of a match that are no part of an account number (ISO 13616: mod 97 of the number with its
/// first four characters at its end, letters as 10…35, is 1); nil if no beginning of it is one.
private func excessOfIBAN(_ match: Substring) -> Int? {
    func isSeparator(_ character: Character) -> Bool { " .-".contains(character) }
    let characters = Array(match)
    for end in stride(from: characters.count, through: 15, by: -1) {
        // A number ends at the end of a word.
        guard end == characters.count || isSeparator(characters[end]), !isSeparator(characters[end - 1]) else {
            continue
        }
        let digits = characters[..<end].compactMap { Int(String($0), radix: 36) }
        guard (15...34).contains(digits.count) else { continue }
        let remainder = (digits[4...] + digits[..<4]).reduce(0) { ($0 * ($1 > 9 ? 100 : 10) + $1) % 97 }
        if remainder == 1 { return characters.count - end }
    }
    return nil
}

/// Characters at the end of a match that are no part of a card number; nil if no beginning of it, cut between groups, is
/// one by Luhn's check (ISO/IEC 7812-1, annex B): every second digit from the right is doubled, and the digits add up to
/// a multiple of ten.
private func excessOfCard(_ match: Substring) -> Int? {
    let characters = Array(match)
    for end in stride(from: characters.count, to: 12, by: -1) {
        guard end == characters.count || !characters[end].isNumber, characters[end - 1].isNumber else { continue }
        let digits = characters[..<end].compactMap(\.wholeNumberValue)
        guard digits.count >= 13, Set(digits).count > 1 else { continue }
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
            let value = digit.offset % 2 == 0 ? digit.element : digit.element * 2
            return sum + (value > 9 ? value - 9 : value)
        }
        if sum % 10 == 0 { return characters.count - end }
    }
    return nil
}

private func isAddress(_ match: Substring, _ family: Int32) -> Bool {
    var address = in6_addr()
    return withUnsafeMutablePointer(to: &address) { inet_pton(family, String(match), $0) } == 1
}
