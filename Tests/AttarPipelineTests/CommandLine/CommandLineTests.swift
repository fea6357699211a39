import AttarPipeline
import AttarTestSupport
import Foundation
import Synchronization
import Testing

@Suite("The command line", .enabled(if: AttarProcess.executable != nil, "needs the built executable"))
struct CommandLineTests {
    private let folder: TemporaryFolder
    private let recipe = """
        attar: 1
        data: {labelled: train.csv, held-out: heldout.csv}
        student: {buckets: 512, width: 64}
        train: {epochs: 3, learning-curve: false}

        """

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(recipe, to: "small.yaml")
        try folder.write(csv(invented(120) { $0 % 2 == 0 ? "good" : "bad" }), to: "train.csv")
        try folder.write(csv(invented(20, label: { $0 % 2 == 0 ? "good" : "bad" }, from: 900)), to: "heldout.csv")
    }

    @Test("Files in the working folder may have any name, the program's own too")
    func fileOfTheProgramsName() async throws {
        try folder.write("not a dataset", to: "attar")
        let result = try await AttarProcess.run(["run", "small.yaml", "--until", "dataset"], in: folder.url)
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test(
        "Exit codes: 0 for help and success, 2 for what the user must mend",
        arguments: [
            (["--help"], 0, "run", ""), (["help", "run"], 0, "--until", ""), (["recipe", "schema"], 0, "$schema", ""),
            (["recipe", "check", "small.yaml"], 0, "nothing wrong found", ""), ([], 0, "SUBCOMMANDS", ""),
            (["--version"], 0, ".", ""), (["trian"], 2, "", "trian"), (["run"], 2, "", "recipe"),
            (["ledger", "stats", "nowhere.sqlite"], 2, "", "there is no such file"),
            (["ledger", "import", "new.sqlite", "--from", "train.csv"], 2, "", "not a recorded call"),
            (["run", "small.yaml", "--until", "trian"], 2, "", "trian"),
            (["run", "small.yaml", "--run", "../x"], 2, "", "expected a name"),
            (["run", "nowhere.yaml"], 2, "", "attar: nowhere.yaml: cannot read the recipe: there is no such file"),
            (["run", "small.yaml", "--set", "train.epoch=3"], 2, "", "did you mean `epochs`?"),
            (["run", "small.yaml", "--until", "label"], 2, "", "stage label is not part of this run"),
            (["recipe", "check", "small.yaml", "--set", "data.labelled=no.csv"], 2, "", "no file at"),
            (["predict", "nowhere.attar", "text"], 2, "", "nowhere.attar"),
            (["predict", "small.yaml", "text"], 2, "", "small.yaml"),
            (["predict", "m.attar"], 2, "", "expected texts or --input FILE"),
            (["predict", "m.attar", "x", "--top", "0"], 2, "", "--top 0: expected 1 or more"),
            (["predict", "m.attar", "x", "--abstain-below", "2"], 2, "", "expected a probability from 0 to 1"),
            (["inspect", "nowhere"], 2, "", "nowhere"), (["inspect", "."], 2, "", "expected the folder of a run"),
            (["inspect", "small.yaml"], 2, "", "small.yaml"), (["dataset", "show", "train.csv"], 2, "", "train.csv"),
            (["export", "runs/none", "--output", "x.attar"], 2, "", "runs/none"),
            (["export", "runs/none", "--output", "x.csv"], 2, "", "should end in .attar"),
            (["export", "runs/none", "--output", "runs/none/model.attar"], 2, "", "lies in the run"),
            (["dataset", "import", "x.csv", "--from", "x.csv"], 2, "", "should end in .h5"),
            (["dataset", "review", "nowhere.h5"], 2, "", "nowhere.h5"),
            (["dataset", "review", "x.h5", "--random=-1"], 2, "", "expected 0 or more"),
            (["dataset", "review", "x.h5", "--export", "a.csv", "--import", "b.csv"], 2, "", "one of them at a time"),
            (["dataset", "import", "x.h5", "--from", "train.csv", "--label-column", "lable"], 2, "", "“label”"),
            (["run", "small.yaml", "--json", "--set", "data.labelled=heldout.csv"], 2, "run-failed", "none are left"),
            (["verify", "small.yaml"], 2, "", "small.yaml"), (["bench", "nowhere.attar"], 2, "", "nowhere.attar"),
        ] as [([String], Int32, String, String)])
    func exitCodes(arguments: [String], status: Int32, output: String, errors: String) async throws {
        let result = try await AttarProcess.run(arguments, in: folder.url)
        #expect(result.status == status, "\(result)")
        #expect(output.isEmpty || result.output.contains(output), "\(result)")
        #expect(errors.isEmpty || result.errors.contains(errors), "\(result)")
        // Nothing of the insides of an error is ever shown.
        for inside in ["Error Domain", "AttarPipeline", "NSCocoa", "Fatal error", "UserInfo"] {
            #expect(!result.errors.contains(inside))
        }
    }

    @Test("A run from labels to a report, then every command on what it made")
    func wholePath() async throws {
        let run = try await AttarProcess.run(["run", "small.yaml"], in: folder.url)
        #expect(run.status == 0, "\(run)")
        for name in ["model.attar", "report.json", "report.html", "run.json", "dataset.h5", "metrics.jsonl"] {
            #expect(
                FileManager.default.fileExists(atPath: folder.url.appending(path: "runs/small/\(name)").path), "\(name)"
            )
        }
        #expect(run.output.contains("runs/small/model.attar"))
        #expect(run.errors.contains("train: done in"))

        let again = try await AttarProcess.run(["run", "small.yaml", "--json"], in: folder.url)
        #expect(again.status == 0)
        let events = again.output.split(separator: "\n").map {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        #expect(
            events.compactMap { $0?["event"] as? String } == Array(repeating: "stage-kept", count: 7) + ["run-finished"]
        )
        // What later stages made before is no result of this command.
        let part = try await AttarProcess.run(["run", "small.yaml", "--until", "dataset"], in: folder.url)
        #expect(part.output == "dataset  runs/small/dataset.h5\n")
        let quiet = try await AttarProcess.run(["run", "small.yaml", "--quiet"], in: folder.url)
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)

        for path in ["runs/small", "runs/small/model.attar", "runs/small/dataset.h5", "runs/small/checkpoints/best.h5"]
        {
            let inspected = try await AttarProcess.run(["inspect", path], in: folder.url)
            #expect(inspected.status == 0 && inspected.output.count > 40, "\(inspected)")
        }
        let shown = try await AttarProcess.run(
            ["dataset", "show", "runs/small/dataset.h5", "--rows", "2", "--json"], in: folder.url)
        #expect(shown.output.split(separator: "\n").count == 2)
    }

    @Test("Predictions: arguments, files and standard input agree; probabilities are whole; abstaining answers nothing")
    func predict() async throws {
        #expect(
            try await AttarProcess.run(["run", "small.yaml", "--until", "export", "--quiet"], in: folder.url).status
                == 0)
        let model = "runs/small/model.attar"
        let texts = ["the parcel arrived", "her kettle, \"odd\" as ever", "ünïcödé 🙂"]
        try folder.write(csv(texts.map { ($0.replacing("\"", with: "\"\""), "x") }), to: "in.csv")
        let direct = try await AttarProcess.run(["predict", model, "--json", "--top", "9"] + texts, in: folder.url)
        #expect(direct.status == 0, "\(direct)")
        let file = try await AttarProcess.run(
            ["predict", model, "--json", "--top", "9", "--input", "in.csv"], in: folder.url)
        let piped = try await AttarProcess.run(
            ["predict", model, "--json", "--top", "9", "--input", "-"], in: folder.url,
            input: texts.joined(separator: "\n\n") + "\n")
        #expect(file.output == direct.output)
        #expect(piped.output == direct.output)
        for line in direct.output.split(separator: "\n") {
            let answer = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let probabilities = try #require(answer["probabilities"] as? [String: Double])
            #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-4)
            #expect(probabilities.max { $0.value < $1.value }?.key == answer["label"] as? String)
        }
        let careful = try await AttarProcess.run(
            ["predict", model, "--json", "--abstain-below", "0.9"] + texts, in: folder.url)
        for line in careful.output.split(separator: "\n") {
            let answer = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let probability = try #require(answer["probability"] as? Double)
            #expect(answer["abstained"] as? Bool == (probability < 0.9))
            #expect(answer["label"] is String == (probability >= 0.9))
        }
    }

    @Test("A model file is verified, measured, and abstains as its recipe says; its weights leave for other tools")
    func shipped() async throws {
        func run(_ arguments: [String], status: Int32 = 0) async throws -> AttarProcess.Result {
            let result = try await AttarProcess.run(arguments, in: folder.url)
            #expect(result.status == status, "\(arguments): \(result)")
            return result
        }
        _ = try await run(
            [
                "run", "small.yaml", "--until", "export", "--quiet", "--set", "calibrate.abstain-below=0.9999", "--set",
                "calibrate.method=none", "--set",
                "train.epochs=1",
            ])
        let model = "runs/small/model.attar"
        let verified = try await run(["verify", model])
        #expect(verified.output.contains("portable: passed"))
        // One bit of a weight.
        var bytes = try Data(contentsOf: folder.url.appending(path: model))
        bytes[bytes.count - 5] ^= 1
        try bytes.write(to: folder.url.appending(path: "changed.attar"))
        _ = try await run(["verify", "changed.attar"], status: 2)

        let measured = try await run(["bench", model, "--samples", "50", "--json"])
        let figures = try #require(
            try JSONSerialization.jsonObject(with: Data(measured.output.utf8)) as? [String: Any])
        let times = try #require(figures["fromText"] as? [String: Double])
        let (p50, p99) = (try #require(times["p50"]), try #require(times["p99"]))
        #expect(p50 > 0 && p99 >= p50)
        #expect(figures["modelBytes"] as? Int == bytes.count)

        let careful = try await run(["predict", model, "--json", "the parcel arrived"])
        #expect(careful.output.contains("\"abstained\":true"))
        let bold = try await run(["predict", model, "--json", "--abstain-below", "0", "the parcel arrived"])
        #expect(bold.output.contains("\"abstained\":false"))

        for weights in ["float", "dequantized"] {
            let file = "\(weights).safetensors"
            _ = try await run(["export", "runs/small", "--format", "safetensors", "--weights", weights, "-o", file])
            let size = try Data(contentsOf: folder.url.appending(path: file)).count
            #expect(size > bytes.count)
        }
        _ = try await run(["export", "runs/small", "--weights", "float", "-o", "x.attar"], status: 2)
    }

    @Test("Export: the same file again, and other formats that are smaller or larger and answer")
    func export() async throws {
        #expect(
            try await AttarProcess.run(["run", "small.yaml", "--until", "export", "--quiet"], in: folder.url).status
                == 0)
        func size(_ name: String, _ options: [String]) async throws -> Int {
            let result = try await AttarProcess.run(
                ["export", "runs/small", "--output", name] + options, in: folder.url)
            #expect(result.status == 0, "\(result)")
            let answer = try await AttarProcess.run(["predict", name, "the parcel arrived"], in: folder.url)
            #expect(answer.status == 0)
            return try Data(contentsOf: folder.url.appending(path: name)).count
        }
        let own = try await size("own.attar", [])
        #expect(
            try Data(contentsOf: folder.url.appending(path: "own.attar"))
                == Data(contentsOf: folder.url.appending(path: "runs/small/model.attar")))
        #expect(try await size("int4.attar", ["--table", "int4"]) < own)
        #expect(try await size("float.attar", ["--table", "float32", "--head", "float32"]) > own)
        // As another recipe would have made it.
        #expect(
            try await AttarProcess.run(
                ["run", "small.yaml", "--run", "four", "--set", "quantize.table=int4", "--until", "export", "--quiet"],
                in: folder.url
            ).status == 0)

        try Data("damaged".utf8).write(to: folder.url.appending(path: "runs/small/checkpoints/best.h5"))
        let damaged = try await AttarProcess.run(
            ["export", "runs/small", "--output", "x.attar", "--table", "int4"], in: folder.url)
        #expect(
            damaged.status == 1 && damaged.errors.contains("expected the file as stage train left it"), "\(damaged)")
    }

    @Test("A review without a terminal says what to do; a table goes out and comes in")
    func review() async throws {
        #expect(
            try await AttarProcess.run(["run", "small.yaml", "--until", "dataset", "--quiet"], in: folder.url).status
                == 0)
        let file = "runs/small/dataset.h5"
        let blind = try await AttarProcess.run(["dataset", "review", file], in: folder.url)
        #expect(blind.status == 2 && blind.errors.contains("--export reviews.csv"), "\(blind)")
        let out = try await AttarProcess.run(
            ["dataset", "review", "runs/small", "--export", "reviews.csv", "--random", "3"], in: folder.url)
        #expect(out.status == 0, "\(out)")
        let table = folder.url.appending(path: "reviews.csv")
        var lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines.count >= 4)
        lines[1] += "drop"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: table)
        let back = try await AttarProcess.run(
            ["dataset", "review", file, "--import", "reviews.csv"], in: folder.url)
        #expect(back.status == 0 && back.output.contains("1 decisions taken over"), "\(back)")
        let decisions = folder.url.appending(path: "runs/small/dataset.reviews.json")
        #expect(try String(contentsOf: decisions, encoding: .utf8).contains("drop"))
    }

    @Test("Datasets go out to tables and come back as they were", arguments: ["rows.csv", "rows.jsonl"])
    func dataset(table: String) async throws {
        #expect(
            try await AttarProcess.run(["run", "small.yaml", "--until", "dataset", "--quiet"], in: folder.url).status
                == 0)
        let out = try await AttarProcess.run(
            ["dataset", "export", "runs/small/dataset.h5", "--to", table], in: folder.url)
        #expect(out.status == 0, "\(out)")
        let back = try await AttarProcess.run(["dataset", "import", "back.h5", "--from", table], in: folder.url)
        #expect(back.status == 0, "\(back)")
        let all = ["--rows", "1000", "--json"]
        let first = try await AttarProcess.run(["dataset", "show", "runs/small/dataset.h5"] + all, in: folder.url)
        let second = try await AttarProcess.run(["dataset", "show", "back.h5"] + all, in: folder.url)
        #expect(first.output == second.output && first.output.split(separator: "\n").count == 120)
    }

    @Test("A pause at a limit has an exit code of its own, and an event")
    func paused() async throws {
        let endpoint = try await FaultEndpoint.start()
        try folder.write(
            """
            attar: 1
            labels: [positive, negative]
            teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model, request-limit: 40}
            synthesis: {texts: 30, instruction: Reviews.}

            """, to: "taught.yaml")
        let result = try await AttarProcess.run(["run", "taught.yaml", "--json"], in: folder.url)
        #expect(result.status == 4, "\(result)")
        #expect(result.errors.contains("Paused") && result.output.contains("run-paused"), "\(result)")
        let raised = try await AttarProcess.run(
            ["run", "taught.yaml", "--quiet", "--until", "label", "--set", "teacher.request-limit=400"], in: folder.url)
        #expect(raised.status == 0, "\(raised)")
        try await endpoint.stop()
    }

    @Test("The first Ctrl-C ends cleanly with 130 and says how to go on, a second one at once", arguments: [1, 2])
    func interrupted(presses: Int) async throws {
        // The third call hangs: the run waits there.
        let endpoint = try await FaultEndpoint.start { $0.path.hasSuffix("completions") && $0.number > 4 ? .hang : nil }
        try folder.write(
            """
            attar: 1
            labels: [positive, negative]
            teacher: {endpoint: "\(endpoint.url.absoluteString)", model: test-model, concurrency: 1}
            synthesis: {texts: 20, instruction: Reviews.}

            """, to: "taught.yaml")
        let sent = Mutex(0)
        let result = try await AttarProcess.run(
            ["run", "taught.yaml"], in: folder.url,
            onErrorText: { text, process in
                let stage = sent.withLock { count in
                    if count == 0, text.contains("generate: started") {
                        count = 1
                        return 1
                    }
                    if count == 1, presses == 2, text.contains("Stopping…") {
                        count = 2
                        return 2
                    }
                    return 0
                }
                if stage > 0 { kill(process.processIdentifier, SIGINT) }
            })
        #expect(result.status == 130, "\(result)")
        #expect(result.errors.contains("Stopping…"))
        if presses == 1 { #expect(result.errors.contains("the same command goes on from here"), "\(result)") }
        try await endpoint.stop()
        let record = try folder.run("taught").existingRecord()
        #expect(record[.data]?.status == .done)
        #expect(presses == 2 || record[.generate]?.status == .interrupted)
    }
}
