import AttarData
import Foundation

/// Made-up texts and datasets.
enum Samples {
    /// Texts that are hard on file formats.
    static let hostileTexts = [
        "", " ", "plain", "comma, quote \" and 'apostrophe'", "two\nlines", "carriage\rreturn", "both\r\nof them",
        "tab\tand \\ backslash", "ünïcödé 日本語 עברית", "👩‍👩‍👧‍👦 family, flag 🇸🇪", "e\u{301} decomposed", "\u{FEFF}mark",
        "\u{1}\u{1F}\u{7F}",
        "\"", "\"\"", ",", "null", "\u{2028}separator", "=1+1", String(repeating: "long ", count: 2000),
    ]

    /// A sentence of words of a made-up language with a skewed frequency.
    static func sentence(words: ClosedRange<Int>, using generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: words, using: &generator)).map { _ in word(using: &generator) }.joined(separator: " ")
    }

    static func word(using generator: inout SeededGenerator) -> String {
        let uniform = Double.random(in: 0..<1, using: &generator)
        return vocabulary[Int(uniform * uniform * Double(vocabulary.count))]
    }

    private static let vocabulary: [String] = {
        var generator = SeededGenerator(seed: 77)
        let starts = ["b", "br", "d", "f", "g", "k", "kl", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "z"]
        let middles = ["a", "e", "i", "o", "u", "ai", "ou"]
        return (0..<600).map { _ in
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                starts.randomElement(using: &generator)! + middles.randomElement(using: &generator)!
            }.joined()
        }
    }()

    static func dataset(rows count: Int, seed: UInt64) -> TextDataset {
        var generator = SeededGenerator(seed: seed)
        let labels = ["negative", "neutral, or “mixed”", "positive"]
        let rows = (0..<count).map { index in
            TextRow(
                text: index < hostileTexts.count ? hostileTexts[index] : sentence(words: 1...30, using: &generator),
                source: Source.allCases.randomElement(using: &generator)!,
                split: Split.allCases.randomElement(using: &generator)!,
                gold: Bool.random(using: &generator) ? Int.random(in: labels.indices, using: &generator) : nil,
                intended: Bool.random(using: &generator) ? Int.random(in: labels.indices, using: &generator) : nil,
                attributes: index % 3 == 1 ? ["mood": "glad, \(index % 5)", "@noise": "typos"] : [:])
        }
        let teachers = ["small/teacher-1", "large"].map { name in
            TeacherLabels(
                name: name, method: "label logprobs, prior-corrected",
                probabilities: (0..<count).flatMap { _ in answer(labels: labels.count, using: &generator) })
        }
        return TextDataset(labels: labels, rows: rows, teachers: teachers, attributes: ["licence": "none", "a/b": "é"])
    }

    private static func answer(labels: Int, using generator: inout SeededGenerator) -> [Float] {
        if Int.random(in: 0..<5, using: &generator) == 0 { return Array(repeating: .nan, count: labels) }
        let weights = (0..<labels).map { _ in Float.random(in: 0.001...1, using: &generator) }
        return weights.map { $0 / weights.reduce(0, +) }
    }
}

/// Equality in which a missing answer equals a missing answer.
func areSame(_ left: TextDataset, _ right: TextDataset) -> Bool {
    left.labels == right.labels && left.rows == right.rows && left.attributes == right.attributes
        && left.teachers.map(\.name) == right.teachers.map(\.name)
        && left.teachers.map(\.method) == right.teachers.map(\.method) && haveSameAnswers(left, right)
}

func haveSameAnswers(_ left: TextDataset, _ right: TextDataset) -> Bool {
    left.teachers.count == right.teachers.count
        && zip(left.teachers, right.teachers).allSatisfy { left, right in
            left.probabilities.count == right.probabilities.count
                && zip(left.probabilities, right.probabilities).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
        }
}

/// A folder that is removed after `body`.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("attar-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// The names in a folder, hidden ones too.
func contents(of folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}
