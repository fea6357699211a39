import AttarData

/// A part of a recipe that is read key by key.
///
/// The initializer is the declaration: it names each key once, with its type, range, default and meaning. Running it over a mapping
/// decodes the mapping; running it over nothing lists the keys for the JSON Schema. So the two cannot disagree.
package protocol RecipeSection: Sendable {
    init(_ keys: inout KeyReader)

    /// What a bare word stands for, for sections that have a short form.
    static func shorthand(_ word: String) -> Self?
}

extension RecipeSection {
    package static func shorthand(_ word: String) -> Self? { nil }
}

/// Hands out the keys of one section, and keeps record of which there are and what they came to.
package struct KeyReader {
    /// Dotted path of this section with a trailing dot, or empty at the top.
    private let prefix: String
    private let place: RecipePlace
    private let entries: [RecipeNode.Entry]
    private(set) var context: DecodingContext
    private(set) var declarations: [KeyDeclaration] = []
    /// The value of each key after defaults, in the order of the declarations.
    private(set) var values: [JSONValue.Member] = []

    init(entries: [RecipeNode.Entry], path: String, place: RecipePlace, context: DecodingContext) {
        prefix = path.isEmpty ? "" : path + "."
        self.place = place
        self.entries = entries
        self.context = context
    }

    /// A key with a default.
    package mutating func value<Value>(
        _ key: String, _ type: KeyType<Value>, default defaultValue: Value, _ meaning: String
    ) -> Value {
        let json = type.encode(defaultValue)
        declare(key, type.schema, meaning, default: json)
        guard let node = node(key) else {
            values.append(.init(key, json))
            return defaultValue
        }
        return decoded(node, key, type) ?? defaultValue
    }

    /// A key without which the section means nothing.
    package mutating func required<Value>(_ key: String, _ type: KeyType<Value>, _ meaning: String) -> Value {
        declare(key, type.schema, meaning, isRequired: true)
        guard let node = node(key) else {
            context.report(.missingKey(expected: "\(type.expected): \(meaning)"), at: prefix + key, place: place)
            return type.placeholder
        }
        return decoded(node, key, type) ?? type.placeholder
    }

    /// A key that may be left out, or be `null`.
    package mutating func optional<Value>(_ key: String, _ type: KeyType<Value>, _ meaning: String) -> Value? {
        declare(key, type.schema.orNull, meaning)
        guard let node = node(key), !node.isNothing else {
            values.append(.init(key, .null))
            return nil
        }
        // A value that could not be read is there all the same: rules between keys must not miss it as well.
        return decoded(node, key, type) ?? type.placeholder
    }

    /// Keys that mean something only where `applies`. Elsewhere to write one is refused, and they are not among the values:
    /// so keys of a new kind of student leave the hashes of other recipes as they are.
    package mutating func keys<Result>(
        onlyIf applies: Bool, _ reason: String, _ read: (inout KeyReader) -> Result
    ) -> Result {
        let (firstKey, firstValue) = (declarations.count, values.count)
        let result = read(&self)
        guard !applies else { return result }
        values.removeSubrange(firstValue...)
        for index in firstKey..<declarations.count {
            let key = declarations[index].key
            declarations[index].schema = declarations[index].schema.removing("default")
            check(!entries.contains { $0.key == key }, at: key, reason)
        }
        return result
    }

    /// An optional key that is among the values only where it is written: recipes without it keep their hash.
    package mutating func addition<Value>(_ key: String, _ type: KeyType<Value>, _ meaning: String) -> Value? {
        let value = optional(key, type, meaning)
        if value == nil { values.removeAll { $0.key == key } }
        return value
    }

    /// A section whose keys all have defaults, so that it may be left out or be empty.
    ///
    /// - Parameter make: reads it; where its defaults depend on other sections, as `Section.init` cannot.
    package mutating func section<Section: RecipeSection>(
        _ key: String, _ type: Section.Type, _ meaning: String,
        make: (inout KeyReader) -> Section = { Section(&$0) }
    ) -> Section {
        declare(key, KeyReader.schema(of: type).orNull, meaning)
        let written = node(key).flatMap { $0.isNothing ? nil : $0 }
        return read(type, key, written ?? RecipeNode(.mapping([]), at: place), make: make)
    }

    /// A section that is on only where it is written.
    package mutating func optionalSection<Section: RecipeSection>(
        _ key: String, _ type: Section.Type, _ meaning: String
    ) -> Section? {
        declare(key, KeyReader.schema(of: type).orNull, meaning)
        guard let node = node(key), !node.isNothing else {
            values.append(.init(key, .null))
            return nil
        }
        return read(type, key, node)
    }

    /// An optional section that is among the values only where it is written: recipes without it keep their hash.
    package mutating func additionSection<Section: RecipeSection>(
        _ key: String, _ type: Section.Type, _ meaning: String
    ) -> Section? {
        let section = optionalSection(key, type, meaning)
        if section == nil { values.removeAll { $0.key == key } }
        return section
    }

    /// A list of sections that is among the values only where it is written.
    package mutating func additionSections<Section: RecipeSection>(
        _ key: String, of type: Section.Type, count: ClosedRange<Int>, _ meaning: String
    ) -> [Section] {
        let list = sections(key, of: type, count: count, meaning)
        if list.isEmpty { values.removeAll { $0.key == key } }
        return list
    }

    /// A list of sections; empty where it is left out.
    package mutating func sections<Section: RecipeSection>(
        _ key: String, of type: Section.Type, count: ClosedRange<Int>, _ meaning: String
    ) -> [Section] {
        declare(key, KeyReader.listSchema(of: type, count: count), meaning, default: count.contains(0) ? [] : nil)
        guard let node = node(key) else {
            values.append(.init(key, []))
            return []
        }
        guard case .list(let items) = node.content, count.contains(items.count) else {
            let expected = "a list of \(count.lowerBound) to \(count.upperBound) entries"
            context.report(.wrongValue(expected: expected, found: node.found), at: prefix + key, place: node.place)
            return []
        }
        var list: [JSONValue] = []
        let sections = items.enumerated().map { index, item in
            let (section, value) = nested(type, "\(key)[\(index)]", item)
            list.append(value)
            return section
        }
        values.append(.init(key, .list(list)))
        return sections
    }

    /// A rule between keys, checked after they are read; `key` is a path below this section.
    package mutating func check(_ holds: Bool, at key: String, _ message: @autoclosure () -> String) {
        if !holds { context.report(.conflict(message()), at: prefix + key, otherwise: place) }
    }

    /// Refuses what no declaration asked for. Called when the section is read.
    mutating func finish() {
        let known = declarations.map(\.key)
        for entry in entries where !known.contains(entry.key) {
            let problem = RecipeIssue.Problem.unknownKey(
                nearest: nearestName(to: entry.key, among: known), known: known)
            context.report(problem, at: prefix + entry.key, place: entry.keyPlace)
        }
    }

    /// What is written for a key. `--set key=null` takes a key of the file away.
    private func node(_ key: String) -> RecipeNode? {
        guard let node = entries.first(where: { $0.key == key })?.node else { return nil }
        return node.isNothing && node.place.isOverride ? nil : node
    }

    private mutating func declare(
        _ key: String, _ schema: JSONValue, _ meaning: String, default defaultValue: JSONValue? = nil,
        isRequired: Bool = false
    ) {
        let described = schema.adding("description", .text(meaning)).adding("default", defaultValue)
        declarations.append(KeyDeclaration(key: key, schema: described, isRequired: isRequired))
    }

    private mutating func decoded<Value>(_ node: RecipeNode, _ key: String, _ type: KeyType<Value>) -> Value? {
        context.remember(node.place, of: prefix + key)
        guard let value = type.decode(node, prefix + key, &context) else { return nil }
        values.append(.init(key, type.encode(value)))
        return value
    }

    private mutating func read<Section: RecipeSection>(
        _ type: Section.Type, _ key: String, _ node: RecipeNode,
        make: (inout KeyReader) -> Section = { Section(&$0) }
    ) -> Section {
        let (section, value) = nested(type, key, node, make: make)
        values.append(.init(key, value))
        return section
    }

    private mutating func nested<Section: RecipeSection>(
        _ type: Section.Type, _ key: String, _ node: RecipeNode,
        make: (inout KeyReader) -> Section = { Section(&$0) }
    ) -> (Section, JSONValue) {
        context.remember(node.place, of: prefix + key)
        var entries: [RecipeNode.Entry] = []
        switch node.content {
        case .mapping(let written): entries = written
        case .text(let word):
            if let section = type.shorthand(word) { return (section, .text(word)) }
            fallthrough
        default:
            context.report(
                .wrongValue(expected: "a mapping of keys", found: node.found), at: prefix + key, place: node.place)
            return (KeyReader.unread(type), .null)
        }
        var reader = KeyReader(entries: entries, path: prefix + key, place: node.place, context: context)
        let section = make(&reader)
        reader.finish()
        context = reader.context
        return (section, .object(reader.values))
    }
}

/// One key of a section, as editors see it.
struct KeyDeclaration: Sendable {
    let key: String
    var schema: JSONValue
    let isRequired: Bool
}

extension RecipeNode {
    fileprivate var isNothing: Bool {
        if case .nothing = content { return true }
        return false
    }
}
