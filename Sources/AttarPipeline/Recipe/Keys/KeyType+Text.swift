import Foundation

extension KeyType where Value == String {
    /// Text with at least one character that is not white space. A bare number or truth value is refused: it needs quotes.
    package static func text(_ meaning: String = "text") -> KeyType {
        text(meaning, schema: ["type": "string", "pattern": "\\S"]) { text in
            text.contains { !$0.isWhitespace }
        }
    }

    /// Text that may be empty.
    package static var anyText: KeyType { text("text", schema: ["type": "string"]) { _ in true } }

    /// A name that is safe as the name of a folder on every system.
    package static var folderName: KeyType {
        let schema: JSONValue = ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"]
        return text(
            "a name of 1 to 64 letters, digits, `.`, `_` and `-`, that starts with a letter or digit", schema: schema
        ) {
            $0.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\-]{0,63}/) != nil
        }
    }

    /// The name of an environment variable.
    package static var environmentName: KeyType {
        let schema: JSONValue = ["type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"]
        return text("the name of an environment variable", schema: schema) {
            $0.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
        }
    }

    private static func text(
        _ meaning: String, schema: JSONValue, isAllowed: @escaping (String) -> Bool
    ) -> KeyType {
        KeyType(expected: meaning, schema: schema, placeholder: "") { node, key, context in
            switch node.content {
            case .text(let text) where isAllowed(text): return text
            case .number(let word):
                context.report(
                    .wrongValue(expected: meaning, found: "the number \(word): put it in quotes to make it text"),
                    at: key,
                    place: node.place)
            case .boolean(let value):
                context.report(
                    .wrongValue(expected: meaning, found: "the truth value \(value): put it in quotes to make it text"),
                    at: key, place: node.place)
            default: context.report(.wrongValue(expected: meaning, found: node.found), at: key, place: node.place)
            }
            return nil
        } encode: {
            .text($0)
        }
    }
}

extension KeyType where Value == URL {
    /// An `http` or `https` address with a host and no name, password or question mark in it.
    package static var webAddress: KeyType {
        let schema: JSONValue = ["type": "string", "pattern": "^https?://[^/@?#\\s]+(/[^?#@\\s]*)?$"]
        return KeyType(
            expected: "an address such as https://host/v1", schema: schema, placeholder: URL(filePath: "/")
        ) { content in
            guard case .text(let text) = content, text.wholeMatch(of: /https?:\/\/[^\/@?#\s]+(\/[^?#@\s]*)?/) != nil,
                let url = URL(string: text), url.host()?.isEmpty == false
            else { return nil }
            return url
        } encode: {
            .text($0.absoluteString)
        }
    }
}
