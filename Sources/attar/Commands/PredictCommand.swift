import ArgumentParser
import AttarData
import AttarEvaluation
import AttarPipeline
import AttarRuntime
import Foundation

/// attar predict
struct PredictCommand: AsyncParsableCommand {
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

    @Flag(help: "Answer only what the file says that the model may answer by itself; the other texts are deferred.")
    var cascade = false

    @Option(
        help: ArgumentHelp(
            """
            With --cascade: the recipe whose teacher answers the deferred texts. Input is read to its end before. The recipe's limits \
            hold for all its predictions together; `attar ledger stats` shows them as “predict NAME”.
            """,
            valueName: "recipe"))
    var teacher: String?

    @Option(help: "With --teacher: the folder of all runs, for the ledger of paid answers.")
    var runs = "runs"

    func validate() throws {
        if texts.isEmpty == (input == nil) {
            throw ValidationError(
                "expected texts or --input FILE, one of the two; for example: attar predict model.attar \"a text\"")
        }
        if top < 1 { throw ValidationError("--top \(top): expected 1 or more") }
        if let abstainBelow, !(0...1).contains(abstainBelow) {
            throw ValidationError("--abstain-below \(abstainBelow): expected a probability from 0 to 1")
        }
        if teacher != nil, !cascade { throw ValidationError("--teacher answers what --cascade defers: give both") }
    }

    func run() async throws {
        let classifier = try openClassifier(model)
        if let abstainBelow { classifier.abstentionThreshold = abstainBelow }
        let printer = PredictionPrinter(labels: classifier.labels, top: top, json: json)
        if cascade, classifier.file.decision?.cascade == nil { throw CascadeTeacherError.noCascade(model: model) }
        if let teacher {
            let recipe = try LoadedRecipe(path: teacher, overrides: [], filesMustExist: false)
            let cascade = try CascadeTeacher(recipe, labels: classifier.labels, runs: runs)
            return try await answer(with: classifier, and: cascade, printer)
        }
        // Whoever types, or talks through a pipe, waits for each answer; for a file they go out in blocks.
        let output = LineBuffer(limitBytes: input == nil || input == "-" ? 0 : 1 << 16)
        defer { output.flush() }
        try read { text in
            let prediction = classifier.predict(text)
            output.append(
                cascade
                    ? printer.line(text, CascadeAnswer(prediction, teacher: nil)) : printer.line(text, prediction))
        }
    }

    private func read(_ body: (String) -> Void) throws {
        switch input {
        case nil: for text in texts { body(text) }
        case "-": try TextStream(standardInputAs: format?.format ?? .plainLines, textColumn: textColumn).read(body)
        case let path?: try TextStream(path: path, format: format?.format, textColumn: textColumn).read(body)
        }
    }

    /// The model's answers where it gives them, the teacher's for the other texts, in the order of the texts.
    private func answer(
        with classifier: Classifier, and teacher: CascadeTeacher, _ printer: PredictionPrinter
    ) async throws {
        var answered: [(text: String, prediction: Prediction)] = []
        try read { text in answered.append((text, classifier.predict(text))) }
        let deferred = answered.indices.filter { !answered[$0].prediction.isAnswered }
        func print(_ byText: [Int: CascadeTeacher.Answer]) {
            let output = LineBuffer(limitBytes: 1 << 16)
            for (index, (text, prediction)) in answered.enumerated() {
                output.append(printer.line(text, CascadeAnswer(prediction, teacher: byText[index])))
            }
            output.flush()
        }
        do {
            let given = try await teacher.answers(to: deferred.map { answered[$0].text }, note: Terminal.note)
            print(Dictionary(uniqueKeysWithValues: zip(deferred, given)))
        } catch {
            // What the model answers by itself needs no teacher.
            print([:])
            throw error
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
            let likeliest = ranked.map { "\(shown(labels[$0.index])) \(Self.decimal($0.probability))" }
            return (abstains ? "(abstains) " : "") + likeliest.joined(separator: ", ") + "\t"
                + shown(text)
        }
        let value: JSONValue = [
            "text": .text(text), "label": abstains ? .null : .text(prediction.label), "abstained": .boolean(abstains),
            "probability": Self.value(of: prediction.confidence),
            "probabilities": .object(
                ranked.map { JSONValue.Member(labels[$0.index], Self.value(of: $0.probability)) }),
        ]
        return value.compact
    }

    /// Who answered, and what.
    func line(_ text: String, _ answer: CascadeAnswer) -> String {
        let ranked = answer.top(top)
        guard json else {
            let shown = ranked.map { "\(labels[$0.index]) \(Self.decimal($0.probability))" }
            let who = answer.answeredBy.map { "\($0.rawValue): " + shown.joined(separator: ", ") } ?? "(deferred)"
            return who + "\t" + text.replacing("\n", with: " ")
        }
        let prediction = answer.prediction
        let value: JSONValue = [
            "text": .text(text), "label": ranked.first.map { .text(labels[$0.index]) } ?? .null,
            "answered-by": answer.answeredBy.map { .text($0.rawValue) } ?? .null,
            "probability": ranked.first.map { Self.value(of: $0.probability) } ?? .null,
            "probabilities": .object(
                ranked.map { JSONValue.Member(labels[$0.index], Self.value(of: $0.probability)) }),
            "student": [
                "label": .text(prediction.label), "probability": Self.value(of: prediction.confidence),
                "score": prediction.score.map(Self.value) ?? .null,
                "familiarity": Self.value(of: prediction.familiarity),
            ],
        ]
        return value.compact
    }

    /// On one line, and without control characters, which could rewrite the screen.
    private func shown(_ text: String) -> String {
        TerminalStyle().shown(text.replacing("\n", with: " ").replacing("\t", with: " "))
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

/// What a cascade says of one text.
struct CascadeAnswer {
    enum Answerer: String { case student, teacher }

    let prediction: Prediction
    /// What the teacher said, where it was asked.
    private let given: [Float]?

    init(_ prediction: Prediction, teacher: CascadeTeacher.Answer?) {
        self.prediction = prediction
        given = teacher?.probabilities?.map(Float.init)
    }

    /// Nil where the text is deferred and nobody answered it.
    var answeredBy: Answerer? { prediction.isAnswered ? .student : given == nil ? nil : .teacher }

    /// The likeliest labels of whoever answered; none where nobody did.
    func top(_ count: Int) -> [RankedLabel] {
        if prediction.isAnswered { return prediction.top(count) }
        guard let given else { return [] }
        return [RankedLabel](unsafeUninitializedCapacity: min(count, given.count)) { ranked, written in
            ranked.initialize(repeating: RankedLabel(index: 0, probability: 0))
            written = given.withUnsafeBufferPointer { RankedLabel.rank($0, into: ranked) }
        }
    }
}
