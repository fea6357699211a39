import AttarPipeline
import Foundation
import Testing

@Suite("The schema and the decoder are one")
struct RecipeSchemaTests {
    /// A recipe that writes every optional section.
    private static let fullRecipe = """
        attar: 1
        labels: [good, {name: bad, description: not good}]
        data: {labelled: train.csv}
        teacher: {endpoint: "http://127.0.0.1:8080/v1", model: m}
        synthesis: {examples: [{text: x, label: good}], attributes: {product: [kettle], mood: {good: [glad], bad: [sad]}}, filters: {}, noise: {}}
        labelling: {examples: [{text: x, label: good}]}
        further-teachers: [{endpoint: "http://127.0.0.1:8081/v1", model: n}]
        embeddings: {endpoint: "http://127.0.0.1:8082/v1", model: e}
        privacy: {}
        cascade: {}

        """

    /// Every object of the schema with its path, and whether its keys are the user's own.
    private func objects(_ schema: JSONValue, path: String = "") -> [(path: String, schema: JSONValue)] {
        var found: [(String, JSONValue)] = []
        if case .object(let members)? = schema["properties"] {
            found.append((path, schema))
            for member in members {
                found += objects(member.value, path: path.isEmpty ? member.key : "\(path).\(member.key)")
            }
        }
        if let items = schema["items"] { found += objects(items, path: path + "[]") }
        if case .list(let choices)? = schema["anyOf"] { for choice in choices { found += objects(choice, path: path) } }
        return found
    }

    @Test("Every key of the schema has a description, and no object takes other keys")
    func described() {
        let all = objects(LoadedRecipe.schema)
        #expect(all.count > 10)
        for (path, schema) in all {
            #expect(schema["additionalProperties"] == false, "\(path)")
            guard case .object(let members)? = schema["properties"] else { continue }
            for member in members {
                guard case .text(let text)? = member.value["description"] else {
                    Issue.record("\(path).\(member.key) has no description")
                    continue
                }
                #expect(text.count > 10 && text.hasSuffix("."), "\(path).\(member.key): \(text)")
                #expect(member.key.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil, "\(member.key)")
            }
        }
    }

    @Test("Every documented default is the value that is decoded where nothing is written")
    func defaults() throws {
        let values = try decode(RecipeSchemaTests.fullRecipe).values
        var count = 0
        for (path, schema) in objects(LoadedRecipe.schema) where !path.contains("[]") {
            guard case .object(let members)? = schema["properties"] else { continue }
            for member in members {
                let key = path.isEmpty ? member.key : "\(path).\(member.key)"
                guard let documented = member.value["default"] else { continue }
                let written = [
                    "labels", "synthesis.examples", "synthesis.attributes", "labelling.examples", "further-teachers",
                ]
                guard !written.contains(key) else { continue }
                #expect(values.value(at: key) == documented, "\(key)")
                count += 1
            }
        }
        #expect(count > 30)
    }

    @Test("Every key of the schema is read: none is unknown, and a value of a wrong type is refused at it")
    func keysDecode() throws {
        for (path, schema) in objects(LoadedRecipe.schema) where !path.contains("[]") {
            guard case .object(let members)? = schema["properties"] else { continue }
            for member in members {
                let key = path.isEmpty ? member.key : "\(path).\(member.key)"
                let found = problems(RecipeSchemaTests.fullRecipe, set: ["\(key)={unknown-key-of-a-test: [1]}"])
                #expect(!found.isEmpty, "\(key)")
                #expect(found.allSatisfy { !$0.contains("\(key): unknown key") }, "\(found)")
            }
        }
    }

    @Test("Values of the schema's limits are read, values beyond are refused")
    func limits() throws {
        var count = 0
        for (path, schema) in objects(LoadedRecipe.schema) where !path.contains("[]") {
            guard case .object(let members)? = schema["properties"] else { continue }
            for member in members where member.value["type"] == "integer" {
                guard case .integer(let low)? = member.value["minimum"],
                    case .integer(let high)? = member.value["maximum"]
                else { continue }
                let key = "\(path).\(member.key)"
                for inside in [low, high] {
                    let found = problems(RecipeSchemaTests.fullRecipe, set: ["\(key)=\(inside)"])
                    #expect(
                        !found.contains { $0.contains("\(key): expected a whole number") },
                        "\(key) = \(inside): \(found)")
                }
                for outside in [low - 1, high + 1] {
                    let found = problems(RecipeSchemaTests.fullRecipe, set: ["\(key)=\(outside)"])
                    #expect(
                        found.contains { $0.contains("\(key): expected a whole number") },
                        "\(key) = \(outside): \(found)")
                }
                count += 1
            }
        }
        #expect(count > 10)
    }

    @Test("Recipes with the same meaning have the same hash, others do not")
    func hash() throws {
        let plain = try decode(shortRecipe)
        let commented = try decode("# a comment\n" + shortRecipe + "train: {epochs: \(plain.recipe.train.epochs)}\n")
        #expect(plain.hash == commented.hash)
        #expect(try decode(shortRecipe, set: ["train.seed=9"]).hash != plain.hash)
        #expect(try decode(shortRecipe, set: ["train.seed=9"]).values(of: ["student"]) == plain.values(of: ["student"]))
        #expect(try decode(shortRecipe, set: ["train.seed=9"]).values(of: ["train"]) != plain.values(of: ["train"]))
    }

    @Test(
        "An independent validator agrees with the decoder on shipped and broken recipes",
        .enabled(if: PythonValidator.isAvailable, "needs python3 with jsonschema and PyYAML"))
    func independentValidator() throws {
        let folder = try TemporaryFolder()
        let schema = try folder.write(LoadedRecipe.schema.pretty, to: "schema.json")
        var recipes: [(String, Bool)] = []
        for name in ShippedRecipeTests.names {
            recipes.append(
                (try String(contentsOf: projectFolder.appending(path: "recipes/\(name)"), encoding: .utf8), true))
        }
        recipes.append((RecipeSchemaTests.fullRecipe, true))
        for broken in [
            "train: {epochs: 0}", "train: {epochs: x}", "trian: {}", "labels: [1, 2]", "name: a/b",
            "quantize: {table: int5}",
            "student: {character-ngrams: [1, 2, 3]}", "train: {learning-rate: 0}", "train: {dropout: 1}",
            "teacher: {model: x}",
            "train: 5", "evaluate: {teacher: 1}", "synthesis: {attributes: {Product: [x]}}",
        ] {
            recipes.append(("attar: 1\ndata: {labelled: x.csv}\n\(broken)\n", false))
        }
        for (index, recipe) in recipes.enumerated() {
            let file = try folder.write(recipe.0, to: "\(index).yaml")
            #expect(try PythonValidator.accepts(file, schema: schema) == recipe.1, "\(recipe.0)")
            #expect(problems(recipe.0).isEmpty == recipe.1, "\(problems(recipe.0))")
        }
    }
}

/// The reference implementation of JSON Schema in Python.
private enum PythonValidator {
    static let isAvailable = run(["-c", "import jsonschema, yaml"]) == 0

    static func accepts(_ recipe: URL, schema: URL) throws -> Bool {
        let program = """
            import json, sys, yaml, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            errors = list(jsonschema.Draft202012Validator(schema).iter_errors(yaml.safe_load(open(sys.argv[2]))))
            sys.exit(3 if errors else 0)
            """
        let status = run(["-c", program, schema.path, recipe.path])
        try #require(status == 0 || status == 3)
        return status == 0
    }

    private static func run(_ arguments: [String]) -> Int32? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
