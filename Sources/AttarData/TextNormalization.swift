import Foundation

/// The form in which two texts count as the same: lower case, words of letters, digits and symbols such as emoji,
/// single spaces between them. Apostrophes vanish (“don't”, “dont”); all other punctuation counts as space.
///
/// A text of nothing but punctuation is kept as it is, without white space around it.
package func normalizedText(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
        for byte in text.utf8 { appendASCII(byte, to: &bytes) }
    } else {
        // Compatibility composition makes full-width letters, ligatures and separate accents plain.
        for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars { append(scalar, to: &bytes) }
    }
    if bytes.last == space { bytes.removeLast() }
    guard !bytes.isEmpty else { return text.trimmingCharacters(in: .whitespacesAndNewlines) }
    return String(decoding: bytes, as: UTF8.self)
}

private let space = UInt8(ascii: " ")

private func appendASCII(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
    case UInt8(ascii: "'"): break
    default: appendSpace(to: &bytes)
    }
}

private func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    if scalar.isASCII { return appendASCII(UInt8(truncatingIfNeeded: scalar.value), to: &bytes) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark,
        .decimalNumber, .letterNumber, .otherNumber, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
        .privateUse, .surrogate, .unassigned:
        bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    case .format: break
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation, .spaceSeparator, .lineSeparator, .paragraphSeparator, .control:
        // The typographic apostrophe is a closing quote to Unicode.
        if scalar != "\u{2019}" { appendSpace(to: &bytes) }
    @unknown default: appendSpace(to: &bytes)
    }
}

private func appendSpace(to bytes: inout [UInt8]) {
    if let last = bytes.last, last != space { bytes.append(space) }
}
