import AttarPipeline
import Foundation
import Testing

@Suite("Recipe errors")
struct RecipeErrorTests {
    @Test(
        "A value of the wrong type or out of range is refused with its place",
        arguments: [
            (
                "train:\n  epochs: ten",
                "recipe.yaml:6:11: train.epochs: expected a whole number from 1 to 10000; found the text \"ten\""
            ),
            ("train:\n  epochs: 0", "train.epochs: expected a whole number from 1 to 10000; found 0"),
            ("train:\n  epochs: 2.5", "found 2.5"),
            ("train:\n  epochs: 99999999999999999999", "found 99999999999999999999"),
            ("train:\n  epochs: [1]", "found a list"),
            ("train:\n  epochs: {a: 1}", "found a mapping of keys"),
            ("train:\n  epochs:", "found nothing"),
            ("train:\n  learning-rate: 0", "expected a number above 0 and at most 10; found 0"),
            ("train:\n  learning-rate: .nan", "found .nan"),
            ("train:\n  learning-rate: .inf", "found .inf"),
            ("train:\n  learning-rate: 1e999", "found 1e999"),
            ("train:\n  dropout: 1", "expected a number from 0 to below 1; found 1"),
            ("train: 5", "recipe.yaml:5:8: train: expected a mapping of keys; found 5"),
            ("train: [1, 2]", "found a list"),
            ("student:\n  character-ngrams: [5, 3]", "expected [lowest, highest]"),
            ("student:\n  character-ngrams: [3]", "expected [lowest, highest]"),
            ("student:\n  family: bagg", "expected one of bag, encoder; found the text \"bagg\"; did you mean `bag`?"),
            ("quantize:\n  table: int5", "expected one of int8, int4, float32; found the text \"int5\"; did you mean"),
            ("name: a/b", "expected a name of 1 to 64 letters"),
            ("name: 5", "found the number 5: put it in quotes to make it text"),
            ("name: true", "found the truth value true: put it in quotes"),
            ("name: \"\"", "found the text \"\""),
            ("calibrate:\n  method: 3", "expected one of temperature, vector, isotonic, none, auto; found 3"),
        ])
    func wrongValue(lines: String, message: String) {
        let found = problems(shortRecipe + lines + "\n")
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test(
        "An unknown key is refused with the nearest known one",
        arguments: [
            ("trian:\n  epochs: 3", "recipe.yaml:5:1: trian: unknown key; did you mean `train`?"),
            ("train:\n  epoch: 3", "recipe.yaml:6:3: train.epoch: unknown key; did you mean `epochs`?"),
            ("train:\n  learning_rate: 3", "did you mean `learning-rate`?"),
            ("train:\n  Epochs: 3", "did you mean `epochs`?"),
            ("student:\n  widht: 3", "did you mean `width`?"),
            ("calibrate:\n  xyzzy: 3", "calibrate.xyzzy: unknown key; keys here: method"),
        ])
    func unknownKey(lines: String, message: String) {
        let found = problems(shortRecipe + lines + "\n")
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test("All errors are told at once, in the order of the keys")
    func allAtOnce() {
        let found = problems(
            """
            attar: 1
            labels: [good, good]
            data:
              labelled: train.csv
              validation: 2
            train:
              epochs: none
              batch: 0
            quantise: {}

            """)
        #expect(found.count == 5)
        for (message, part) in zip(found, ["data.validation", "train.epochs", "train.batch", "labels[1]", "quantise"]) {
            #expect(message.contains(part), "\(found)")
        }
    }

    @Test(
        "Duplicated keys are refused",
        arguments: [
            "train:\n  epochs: 3\n  epochs: 4\n", "attar: 1\n", "train: {}\ntrain: {}\n",
            "train: {epochs: 1, epochs: 2}\n",
        ])
    func duplicate(lines: String) {
        let found = problems(shortRecipe + lines)
        #expect(found.count == 1)
        #expect(found.first?.contains("this key is written twice") == true, "\(found)")
        #expect(found.first?.hasPrefix("recipe.yaml:") == true)
    }

    @Test(
        "Text that is no YAML is refused with its place",
        arguments: [
            ("", "recipe.yaml:1:1: not valid YAML: the file is empty"),
            ("# only a comment\n", "the file is empty"),
            ("attar: 1\nlabels: [a, b\n", "recipe.yaml:"),
            ("attar: 1\n\tname: x\n", "recipe.yaml:2"),
            ("attar: \"1\n", "recipe.yaml:"),
            ("attar: 1\n---\nattar: 1\n", "another document"),
            ("attar: *nowhere\n", "undefined alias"),
            ("attar: !!int 1\n", "tags such as `tag:yaml.org,2002:int` are not read"),
            ("attar: !secret 1\n", "tags such as `!secret` are not read"),
            ("[1, 2]: 3\n", "expected a word as key"),
            ("just text\n", "expected keys such as `attar: 1`; found the text \"just text\""),
            ("- a\n- b\n", "expected keys such as `attar: 1`; found a list"),
            ("attar: 1\nname: \u{0}x\n", "recipe.yaml:2"),
        ])
    func notYAML(text: String, message: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test(
        "Keys that do not go together are refused",
        arguments: [
            ("attar: 1\nlabels: [a, b]\n", "data: there is nothing to train on"),
            (
                "attar: 1\nlabels: [a, b]\ndata:\n  unlabelled: x.csv\n",
                "recipe.yaml:4:15: data.unlabelled: needs a `teacher` block"
            ),
            ("attar: 1\nlabels: [a, b]\nsynthesis:\n  texts: 5\n", "synthesis: needs a `teacher` block"),
            (
                "attar: 1\nteacher: {endpoint: \"http://127.0.0.1/v1\", model: m}\ndata: {unlabelled: x.csv}\n",
                "labels: missing: without data.labelled the labels must be listed"
            ),
            (shortRecipe + "  validation: 0.45\n  calibration: 0.45\n", "together leave less than a fifth"),
            (shortRecipe + "student: {word-ngrams: 0, character-ngrams: [0, 0]}\n", "the model sees nothing"),
            (
                shortRecipe + "labelling:\n  examples: [{text: x, label: goood}]\n",
                "labelling.examples[0].label: \"goood\" is not one of `labels`; did you mean \"good\"?"
            ),
            (
                "attar: 1\nlabels: [one]\ndata: {labelled: x.csv}\n",
                "labels: expected a list of 2 to 1000 entries; found a list"
            ),
        ])
    func conflicts(text: String, message: String) {
        let found = problems(text)
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test("A missing key names what is expected")
    func missing() {
        #expect(
            problems("labels: [a, b]\ndata: {labelled: x.csv}\n").first?.contains("attar: missing; expected 1") == true)
        let found = problems(shortRecipe + "teacher:\n  concurrency: 2\n")
        #expect(found.count == 2)
        #expect(
            found.allSatisfy { $0.hasPrefix("recipe.yaml:6:3: teacher.") && $0.contains("missing; expected") },
            "\(found)")
    }

    @Test("A recipe of a newer version is refused as such")
    func newerVersion() {
        let found = problems(shortRecipe.replacing("attar: 1", with: "attar: 2"))
        #expect(found == ["recipe.yaml:1:8: attar: expected 1, the version that this attar reads; found 2"])
    }

    @Test("Words that YAML 1.1 takes for truth values are labels", arguments: ["yes", "no", "on", "off", "y", "n"])
    func norway(word: String) throws {
        let recipe = try decode(shortRecipe.replacing("[good, bad]", with: "[\(word), other]"))
        #expect(recipe.recipe.labels.map(\.name) == [word, "other"])
    }

    @Test(
        "Addresses with a name, a password or a query are refused",
        arguments: [
            "ftp://host/v1", "host/v1", "http://", "https://user:secret@host/v1", "https://host/v1?key=secret",
            "http:///v1",
        ])
    func badAddress(address: String) {
        let found = problems(shortRecipe + "teacher: {endpoint: \"\(address)\", model: m}\n")
        #expect(
            found.contains { $0.contains("teacher.endpoint: expected an address such as https://host/v1") }, "\(found)")
    }
}
