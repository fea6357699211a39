import AttarPipeline
import Foundation
import Testing

@Suite("--set")
struct RecipeOverrideTests {
    @Test("Any key can be set, also where its section is not written")
    func values() throws {
        let recipe = try decode(
            shortRecipe,
            set: [
                "train.epochs=7", "train.learning-rate=0.5", "student.character-ngrams=[2, 4]", "labels=[a, b, c]",
                "quantize.table=int4", "train.class-weights=balanced", "evaluate.teacher=false", "about=a: b",
                "train.epochs=8",
            ]
        ).recipe
        #expect(recipe.train.epochs == 8)
        #expect(recipe.train.learningRate == 0.5)
        #expect(recipe.student.characterNgrams == 2...4)
        #expect(recipe.labels.map(\.name) == ["a", "b", "c"])
        #expect(recipe.quantize.table == .int4)
        #expect(recipe.train.classWeights == .balanced)
        #expect(!recipe.evaluate.teacher)
        #expect(recipe.about == "a: b")
    }

    @Test("null takes a key away")
    func null() throws {
        let text =
            shortRecipe + "  licence: x\nteacher: {endpoint: \"http://127.0.0.1/v1\", model: m}\ntrain: {epochs: 3}\n"
        let recipe = try decode(text, set: ["teacher=null", "data.licence=", "train.epochs=null"]).recipe
        #expect(recipe.teacher == nil)
        #expect(recipe.data.licence == nil)
        #expect(try decode(shortRecipe).recipe.train.epochs == recipe.train.epochs)
    }

    @Test(
        "A bad argument is refused by its own text",
        arguments: [
            ("train.epochs", "--set train.epochs: expected key=value"),
            ("=5", "--set =5: expected a dotted key"),
            ("train..epochs=5", "expected a dotted key"),
            ("train.epoch=5", "--set train.epoch=5: train.epoch: unknown key; did you mean `epochs`?"),
            ("train.epochs=many", "--set train.epochs=many: train.epochs: expected a whole number"),
            ("trian.epochs=5", "trian: unknown key; did you mean `train`?"),
            ("labels.good=1", "--set labels.good=1: `labels` is a list, not a mapping; set it as a whole"),
            ("attar.x=1", "`attar` is 1, not a mapping"),
            ("labels=[a, b", "--set labels=[a, b: not valid YAML"),
            ("labels=[a, b", "labels"),
            ("train={epochs: 0}", "train.epochs: expected a whole number from 1 to 10000; found 0"),
        ])
    func refused(argument: String, message: String) {
        let found = problems(shortRecipe, set: [argument])
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test("Paths in the file start at the recipe, paths in arguments at the current folder")
    func paths() throws {
        #expect(try decode(shortRecipe).recipe.data.labelled?.url.path == "/recipes/train.csv")
        #expect(
            try decode(shortRecipe, set: ["data.labelled=sub/x.csv"]).recipe.data.labelled?.url.path
                == "/elsewhere/sub/x.csv")
        #expect(try decode(shortRecipe, set: ["data.labelled=/x.csv"]).recipe.data.labelled?.url.path == "/x.csv")
    }
}
