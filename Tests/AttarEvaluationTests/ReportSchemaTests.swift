import AttarEvaluation
import Foundation
import Testing

/// report.schema.json says what readers of report.json may rely on.
@Suite struct ReportSchemaTests {
    private let schema: [String: JSON]
    private let report: JSON

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/AttarEvaluation/report.schema.json")
        schema = try #require(try JSONDecoder().decode(JSON.self, from: Data(contentsOf: file)).object)
        var fullest = try Invented.report(rows: 200)
        fullest.cascade?.warning = "invented"
        fullest.coverageCurve = fullest.cascade?.curve
        report = try JSONDecoder().decode(JSON.self, from: fullest.json())
    }

    @Test func allThatReportsHoldIsDescribedAndNothingElse() throws {
        var met: Set<String> = []
        let problems = problems(of: report, against: schema, name: "report", met: &met)
        #expect(problems.isEmpty, "\(problems.prefix(5))")
        let described = definitions.flatMap { name, definition in
            (definition["properties"]?.object ?? [:]).keys.map { "\(name).\($0)" }
        }
        #expect(Set(described).subtracting(met).isEmpty)
        for (name, definition) in definitions {
            for (key, property) in definition["properties"]?.object ?? [:] {
                #expect(property.object?["description"]?.string?.isEmpty == false, "\(name).\(key) is not explained")
            }
        }
    }

    /// Fields that the schema requires cannot be missed by readers, the others can: then they are in no older report.
    @Test func whatIsRequiredIsWhatReadersNeed() throws {
        var checked: Set<String> = []
        for (name, path) in objects(in: report, schema: schema, name: "report", path: []) {
            guard checked.insert(name).inserted, let definition = definitions[name] else { continue }
            let required = Set((definition["required"]?.array ?? []).compactMap(\.string))
            for key in (definition["properties"]?.object ?? [:]).keys {
                let json = try JSONEncoder().encode(report.removing(path + [.key(key)]))
                let isRead = (try? EvaluationReport(json: json)) != nil
                #expect(isRead != required.contains(key), "\(name).\(key)")
            }
        }
        #expect(checked.count > 30)
    }

    private var definitions: [String: [String: JSON]] {
        (schema["$defs"]?.object ?? [:]).compactMapValues(\.object).merging(["report": schema]) { $1 }
    }

    /// The definition that a schema refers to, with its name; or itself.
    private func resolved(_ schema: [String: JSON], _ name: String) -> (definition: [String: JSON], name: String) {
        guard let reference = schema["$ref"]?.string?.replacing("#/$defs/", with: "") else { return (schema, name) }
        return (definitions[reference] ?? [:], reference)
    }

    private func problems(
        of value: JSON, against schema: [String: JSON], name: String, met: inout Set<String>
    ) -> [String] {
        let (schema, name) = resolved(schema, name)
        if let only = schema["const"] { return only == value ? [] : ["\(name) is not \(only)"] }
        if let values = schema["enum"]?.array { return values.contains(value) ? [] : ["\(name): unknown \(value)"] }
        switch (schema["type"]?.string, value) {
        case ("object", .object(let fields)):
            let properties = schema["properties"]?.object ?? [:]
            let missing = (schema["required"]?.array ?? []).compactMap(\.string).filter { fields[$0] == nil }
            return missing.map { "\(name).\($0) is missing" }
                + fields.flatMap { key, field -> [String] in
                    met.insert("\(name).\(key)")
                    guard let property = properties[key]?.object else { return ["\(name).\(key) is not described"] }
                    return problems(of: field, against: property, name: "\(name).\(key)", met: &met)
                }
        case ("array", .array(let elements)):
            let items = schema["items"]?.object ?? [:]
            return elements.flatMap { problems(of: $0, against: items, name: "\(name)[]", met: &met) }
        case ("integer", .number(let number)): return number == number.rounded() ? [] : ["\(name) is no integer"]
        case ("number", .number), ("string", .string), ("boolean", .boolean): return []
        default: return ["\(name) is no \(schema["type"]?.string ?? "")"]
        }
    }

    /// Objects of a report with the names of their definitions.
    private func objects(
        in value: JSON, schema: [String: JSON], name: String, path: [JSON.Step]
    ) -> [(name: String, path: [JSON.Step])] {
        let (schema, name) = resolved(schema, name)
        switch value {
        case .object(let fields):
            let properties = schema["properties"]?.object ?? [:]
            return [(name, path)]
                + fields.flatMap { key, field in
                    objects(in: field, schema: properties[key]?.object ?? [:], name: key, path: path + [.key(key)])
                }
        case .array(let elements):
            let items = schema["items"]?.object ?? [:]
            return elements.enumerated().flatMap {
                objects(in: $0.element, schema: items, name: name, path: path + [.index($0.offset)])
            }
        case .string, .number, .boolean: return []
        }
    }
}

/// A JSON value.
private enum JSON: Codable, Hashable {
    case object([String: JSON])
    case array([JSON])
    case string(String)
    case number(Double)
    case boolean(Bool)

    enum Step {
        case key(String)
        case index(Int)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        }
    }

    var object: [String: JSON]? { if case .object(let value) = self { value } else { nil } }
    var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    var string: String? { if case .string(let value) = self { value } else { nil } }

    /// Without the value at the end of a path.
    func removing(_ path: [Step]) -> JSON {
        guard let step = path.first else { return self }
        let rest = Array(path.dropFirst())
        switch (self, step) {
        case (.object(var fields), .key(let key)):
            fields[key] = rest.isEmpty ? nil : fields[key]?.removing(rest)
            return .object(fields)
        case (.array(var elements), .index(let index)):
            elements[index] = elements[index].removing(rest)
            return .array(elements)
        default: return self
        }
    }
}
