import AttarPipeline
import AttarTestSupport
import Foundation
import Testing

@Suite("Attributes that a teacher proposes")
struct AttributeSearchTests {
    private func recipe(_ endpoint: URL) -> String {
        """
        attar: 1
        about: Reviews of products
        labels: [positive, negative]
        teacher: {endpoint: "\(endpoint.absoluteString)", model: test-model}
        synthesis: {attributes: {product: [kettle]}}

        """
    }

    private func load(_ fixture: StageFixture, set overrides: [String] = []) throws -> LoadedRecipe {
        try LoadedRecipe(
            path: fixture.folder.url.appending(path: "recipes/recipe.yaml").path, overrides: overrides,
            workingFolder: fixture.folder.url, environment: [:])
    }

    @Test("The fragment holds what is there and what is proposed, and is used only where it is passed")
    func fragment() async throws {
        let things = ["tent", "kettle", "Review", "a \"quoted\" thing", "negative", "the products"]
        let endpoint = try await FaultEndpoint.start(
            answers: FaultEndpointAnswers(text: { prompt, seed in
                prompt.hasSuffix("Mood:") ? (prompt.contains("Label: positive") ? "glad" : "sad") : things[seed % 6]
            }))
        let fixture = try StageFixture()
        try fixture.folder.write(recipe(endpoint.url), to: "recipes/recipe.yaml")
        var options = AttributeSearch.Options(names: ["product"], byLabel: ["mood"])
        options.count = 4
        let runs = fixture.folder.url.appending(path: "runs").path
        try FileManager.default.createDirectory(atPath: runs, withIntermediateDirectories: true)
        let search = try AttributeSearch(try load(fixture), runs: runs, options: options)
        let proposed = try await search.run()
        #expect(proposed.proposals.map(\.values) == [["tent", "Review", "a \"quoted\" thing"], ["glad"], ["sad"]])
        #expect(proposed.proposals[1].lines.contains { $0.contains("Look closely: 12 answers had only 1") })

        let file = try fixture.folder.write(proposed.fragment, to: "attributes.yaml")
        let values = try load(fixture, set: RecipeFragment.overrides(path: file.path)).values
        #expect(
            values.value(at: "synthesis.attributes")
                == [
                    "product": ["kettle", "tent", "Review", "a \"quoted\" thing"],
                    "mood": ["positive": ["glad"], "negative": ["sad"]],
                ])
        // Again, and for more, from the ledger.
        let calls = endpoint.calls.count
        try await endpoint.stop()
        #expect(try await search.run().fragment == proposed.fragment)
        #expect(endpoint.calls.count == calls)
    }

    @Test("Where nothing that came back is a value, that is an error with what came back")
    func nothingProposed() async throws {
        let endpoint = try await FaultEndpoint.start(
            answers: FaultEndpointAnswers(text: { _, seed in seed % 2 == 0 ? "Review" : "kettle: the best of all" }))
        let fixture = try StageFixture()
        try fixture.folder.write(recipe(endpoint.url), to: "recipes/recipe.yaml")
        let runs = fixture.folder.url.appending(path: "runs").path
        try FileManager.default.createDirectory(atPath: runs, withIntermediateDirectories: true)
        let search = try AttributeSearch(
            try load(fixture, set: ["about=Review of a product"]), runs: runs,
            options: AttributeSearch.Options(names: ["mood"]))
        let error = try await #require(throws: AttributeSearchError.self) { try await search.run() }
        #expect(error.description.contains("mood") && error.description.contains("60"), "\(error)")
        #expect(error.description.contains("“Review”") && error.description.contains("“kettle: the best"), "\(error)")
        try await endpoint.stop()
    }

    @Test(
        "What cannot be asked is said",
        arguments: [
            ("Mood", "“Mood”: expected a name of small letters"),
            ("product", "“product”: expected each attribute once"),
        ])
    func refused(name: String, message: String) throws {
        let fixture = try StageFixture()
        try fixture.folder.write(recipe(URL(string: "http://127.0.0.1:9/v1")!), to: "recipes/recipe.yaml")
        let options = AttributeSearch.Options(names: ["product", name])
        let error = try #require(throws: AttributeSearchError.self) {
            try AttributeSearch(try load(fixture), runs: "runs", options: options)
        }
        #expect(error.description.hasPrefix(message))
    }
}
