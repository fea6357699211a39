import ArgumentParser
import AttarData
import AttarPipeline
import AttarRuntime
import Foundation

/// attar predict
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Gives the label of texts, with probabilities.",
        discussion: "Files of any length are answered a piece at a time; lines typed into standard input one by one.")

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "Texts.")
    var texts: [String] = []

    @Option(help: "A .csv, .jsonl or .txt file with texts, or - for standard input.")
    var input: String?

    @Option(
        help: "How --input is written. Default: the ending of its name tells; txt, one text a line, for standard input."
    )
    var format: InputFormat?

    @Option(help: "The column of texts in --input.")
    var textColumn = "text"

    @Option(help: "How many labels to show, likeliest first.")
    var top = 1

    @Option(
        help: ArgumentHelp(
            "Answer nothing where the likeliest label has less than this probability. Default: as the file says.",
            valueName: "probability"))
    var abstainBelow: Float?

    @Flag(help: "Print a JSON object for each text.")
    var json = false

    func validate() throws {
        if texts.isEmpty == (input == nil) {
            throw ValidationError(
                "expected texts or --input FILE, one of the two; for example: attar predict model.attar \"a text\"")
        }
        if top < 1 { throw ValidationError("--top \(top): expected 1 or more") }
        if let abstainBelow, !(0...1).contains(abstainBelow) {
            throw ValidationError("--abstain-below \(abstainBelow): expected a probability from 0 to 1")
        }
    }

    func run() throws {
        let classifier = try openClassifier(model)
        if let abstainBelow { classifier.abstentionThreshold = abstainBelow }
        let printer = PredictionPrinter(labels: classifier.labels, top: top, json: json)
        // Whoever types, or talks through a pipe, waits for each answer; for a file they go out in blocks.
        let output = LineBuffer(limitBytes: input == nil || input == "-" ? 0 : 1 << 16)
        defer { output.flush() }
        func answer(_ text: String) { output.append(printer.line(text, classifier.predict(text))) }
        switch input {
        case nil: for text in texts { answer(text) }
        case "-": try TextStream(standardInputAs: format?.format ?? .plainLines, textColumn: textColumn).read(answer)
        case let path?: try TextStream(path: path, format: format?.format, textColumn: textColumn).read(answer)
        }
    }
}

/// How --input is written.
enum InputFormat: String, CaseIterable, ExpressibleByArgument {
    case csv, jsonl, txt

    var format: TextTable.Format {
        switch self {
        case .csv: .csv
        case .jsonl: .jsonLines
        case .txt: .plainLines
        }
    }
}

/// One answer as a line.
struct PredictionPrinter {
    let labels: [String]
    let top: Int
    let json: Bool

    func line(_ text: String, _ prediction: Prediction) -> String {
        let (abstains, ranked) = (prediction.abstains, prediction.top(top))
        guard json else {
            let shown = ranked.map { "\(labels[$0.index]) \(Self.decimal($0.probability))" }
            return (abstains ? "(abstains) " : "") + shown.joined(separator: ", ") + "\t"
                + text.replacing("\n", with: " ")
        }
        let value: JSONValue = [
            "text": .text(text), "label": abstains ? .null : .text(prediction.label), "abstained": .boolean(abstains),
            "probability": Self.value(of: prediction.confidence),
            "probabilities": .object(
                ranked.map { JSONValue.Member(labels[$0.index], Self.value(of: $0.probability)) }),
        ]
        return value.compact
    }

    /// Three digits behind the point.
    private static func decimal(_ probability: Float) -> String {
        let thousandths = Int((probability * 1000).rounded())
        let digits = "\(thousandths % 1000)"
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// With as few digits as tell the number apart from its neighbours in single precision.
    private static func value(of probability: Float) -> JSONValue {
        .number(Double("\(probability)") ?? Double(probability))
    }
}
