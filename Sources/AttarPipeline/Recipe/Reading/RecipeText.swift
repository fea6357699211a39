import Foundation
import Yams

/// The YAML of a recipe as a tree with places. Duplicate keys, tags, several documents and alias bombs are refused.
enum RecipeText {
    static let sizeLimitBytes = 1 << 20
    static let nodeLimit = 100_000

    static func read(_ url: URL, named name: String) throws(RecipeError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            let exists = FileManager.default.fileExists(atPath: url.path)
            throw .unreadable(path: name, reason: exists ? errorText(error) : "there is no such file")
        }
        guard data.count <= sizeLimitBytes else {
            throw .tooLarge(path: name, bytes: data.count, limitBytes: sizeLimitBytes)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .notUTF8(path: name, line: firstBadLine(data))
        }
        return text
    }

    static func parse(_ text: String, named name: String) throws(RecipeError) -> RecipeNode {
        try parse(text) { .file(name, line: $0, column: $1) }
    }

    static func parse(_ text: String, place: (_ line: Int, _ column: Int) -> RecipePlace) throws(RecipeError)
        -> RecipeNode
    {
        guard expansionBound(of: text) <= Double(nodeLimit) else {
            throw .syntax(place: place(1, 1), reason: "too many aliases: they could expand without end")
        }
        let root: Node?
        do {
            root = try compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        } catch let error as YamlError {
            throw translated(error, text: text, place: place)
        } catch {
            throw .syntax(place: place(1, 1), reason: "\(error)")
        }
        guard let root else { throw .syntax(place: place(1, 1), reason: "the file is empty") }
        var budget = nodeLimit
        return try converted(root, place: place, budget: &budget)
    }

    /// An upper bound for the number of copies that aliases can make: with `a` anchors and `k` aliases the worst nesting
    /// of depth `d` has `(k/d)^d` leaves. Words that merely look like anchors only raise the bound.
    private static func expansionBound(of text: String) -> Double {
        var anchors = 0
        var aliases = 0
        var previous = UInt8(ascii: " ")
        var current = UInt8(ascii: " ")
        for byte in text.utf8 {
            let opensWord =
                previous <= 0x20 || previous == UInt8(ascii: "[") || previous == UInt8(ascii: "{")
                || previous == UInt8(ascii: ",")
            if opensWord, byte > 0x20 {
                if current == UInt8(ascii: "&") { anchors += 1 }
                if current == UInt8(ascii: "*") { aliases += 1 }
            }
            (previous, current) = (current, byte)
        }
        guard anchors > 0, aliases > 0 else { return 1 }
        return (1...min(anchors, aliases)).map { pow(Double(aliases) / Double($0), Double($0)) }.max() ?? 1
    }

    private static func converted(
        _ node: Node, place: (Int, Int) -> RecipePlace, budget: inout Int
    ) throws(RecipeError) -> RecipeNode {
        let here = place(node.mark?.line ?? 1, node.mark?.column ?? 1)
        budget -= 1
        guard budget > 0 else { throw .syntax(place: here, reason: "more than \(nodeLimit) values") }
        switch node {
        case .scalar(let scalar):
            return RecipeNode(try content(of: scalar, at: here), at: here)
        case .sequence(let sequence):
            var items: [RecipeNode] = []
            for item in sequence { items.append(try converted(item, place: place, budget: &budget)) }
            return RecipeNode(.list(items), at: here)
        case .mapping(let mapping):
            var entries: [RecipeNode.Entry] = []
            for (key, value) in mapping {
                let keyPlace = place(key.mark?.line ?? 1, key.mark?.column ?? 1)
                guard case .scalar(let word) = key else {
                    throw .syntax(place: keyPlace, reason: "expected a word as key; found a list or a mapping")
                }
                let node = try converted(value, place: place, budget: &budget)
                entries.append(RecipeNode.Entry(key: word.string, keyPlace: keyPlace, node: node))
            }
            return RecipeNode(.mapping(entries), at: here)
        case .alias:
            throw .syntax(place: here, reason: "an alias without its anchor")
        }
    }

    private static func content(of scalar: Node.Scalar, at place: RecipePlace) throws(RecipeError) -> RecipeNode.Content
    {
        switch (scalar.tag, scalar.style) {
        case (.implicit, .plain), (.implicit, .any): return PlainScalar.content(of: scalar.string)
        case (.implicit, _), (Tag(.str), _): return .text(scalar.string)
        default: throw .syntax(place: place, reason: "tags such as `\(scalar.tag)` are not read; remove it")
        }
    }

    private static func firstBadLine(_ data: Data) -> Int {
        var line = 1
        for part in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }
}
