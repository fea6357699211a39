import AttarPipeline
import Foundation
import Testing

@Suite("Hostile recipes")
struct RecipeBoundsTests {
    @Test("An anchor used twice is read twice")
    func alias() throws {
        let recipe = try decode(
            """
            attar: 1
            labels: [good, bad]
            data: {labelled: &file train.csv, held-out: *file}

            """)
        #expect(recipe.recipe.data.heldOut?.written == "train.csv")
    }

    @Test("Aliases that multiply are refused before they do", arguments: [2, 9, 30])
    func aliasBomb(width: Int) {
        var text = "a0: &a0 [x, y]\n"
        for level in 1...12 {
            text +=
                "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: width).joined(separator: ", "))]\n"
        }
        let found = problems(text + shortRecipe)
        #expect(!found.isEmpty)
    }

    @Test("Aliases in keys do not multiply either")
    func aliasBombInKeys() {
        var text = "a0: &a0 [x, y]\n"
        for level in 1...20 {
            text += "a\(level): &a\(level) {? [*a\(level - 1), *a\(level - 1)] : x}\n"
        }
        #expect(!problems(text + shortRecipe).isEmpty)
    }

    @Test("Deep nesting is refused", arguments: ["[", "{a: ", "- "])
    func deep(opening: String) {
        #expect(!problems("name: " + String(repeating: opening, count: 5000)).isEmpty)
    }

    @Test("Large files, files of other bytes, folders and missing files are refused by name")
    func files() throws {
        let folder = try TemporaryFolder()
        func message(_ path: String) -> String {
            do {
                _ = try LoadedRecipe(path: path, workingFolder: folder.url, environment: [:])
                return ""
            } catch {
                return "\(error)"
            }
        }
        try folder.write(String(repeating: "#", count: 2 << 20), to: "large.yaml")
        #expect(message("large.yaml") == "large.yaml: expected at most 1048576 bytes; found 2097152")
        try Data([0x61, 0x0A, 0x62, 0xFF]).write(to: folder.url.appending(path: "latin.yaml"))
        #expect(message("latin.yaml").hasPrefix("latin.yaml:2: expected UTF-8 text"))
        #expect(message("nowhere.yaml").contains("there is no such file"))
        #expect(message(".").contains("cannot read the recipe"))
    }

    @Test("Text cut or changed at any byte gives a recipe or a message, never a crash")
    func damaged() throws {
        let text = Array(
            try String(contentsOf: projectFolder.appending(path: "recipes/support-triage.yaml"), encoding: .utf8).utf8)
        var state: UInt64 = 7
        for _ in 0..<300 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var bytes = text
            let place = Int(state >> 33) % bytes.count
            let replacement = Array("&*!|>{}[],:#-\n\t\"'%@`0a\u{0}".utf8)
            bytes[place] = replacement[Int(state >> 20) % replacement.count]
            _ = problems(String(decoding: bytes, as: UTF8.self))
            _ = problems(String(decoding: bytes[..<place], as: UTF8.self))
        }
    }

    @Test("A file may begin with a byte order mark")
    func byteOrderMark() throws {
        #expect(try decode("\u{FEFF}" + shortRecipe).recipe.labels.count == 2)
    }
}
