import AttarHDF5
import AttarStudents
import AttarTestSupport
import AttarTraining
import Foundation
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
    private let fixture = TrainingFixture(examples: 90, soft: true)

    private static func settings(_ variant: Int, threads: Int = 1) -> TrainerSettings {
        var settings = TrainerSettings.small(batch: 20, threads: threads)
        settings.epochs = 8
        settings.largestGradientNorm = 0.5
        switch variant {
        case 0: break
        case 1:
            settings.optimizer = .sgd(SGDSettings())
            settings.averageDecay = 0.9
        default:
            settings.tableOptimizer = .adagrad(peakLearningRate: 0.1)
            settings.batching = .tokens(300)
            settings.accumulation = 2
        }
        return settings
    }

    private func trainer(_ settings: TrainerSettings) throws -> Trainer {
        try fixture.trainer(fixture.student(hidden: 9, dropout: 0.2), settings: settings, soft: true)
    }

    /// A caller as a pipeline is one: validates after each epoch, keeps the best parameters, writes checkpoints.
    private struct Driver {
        let trainer: Trainer
        let folder: CheckpointFolder
        let features: PackedFeatures
        let targets: [Float]
        let student: BagStudent
        var notes: RunNotes

        /// Goes on until it is done or a step in `kills` has been made; true when done.
        mutating func run(killedAfter kills: Set<Int>) throws -> Bool {
            let judge = try inference(student, trainer.state.average ?? trainer.parameters)
            while let step = try trainer.next() {
                if step.endsEpoch {
                    let score = ValidationScore(logits: try judge.run(features), targets: targets, classes: 3)
                    if notes.stopping?.note(score, epoch: step.epoch) == true {
                        notes.chosen = try trainer.parameters.copy()
                    }
                    notes.texts["accuracy of epoch \(step.epoch)"] = "\(score.accuracy)"
                }
                if folder.isDue(after: step.step) { try folder.save(trainer, notes: notes) }
                if kills.contains(step.step) { return false }
            }
            try folder.save(trainer, notes: notes)
            return true
        }
    }

    /// Runs to the end through all the kills; gives the bytes of the last checkpoint.
    private func run(_ settings: [TrainerSettings], interval: Int, kills: Set<Int>, in url: URL) throws -> [UInt8] {
        let folder = CheckpointFolder(url, interval: interval, kept: 2, recipe: ["student.hidden": "9"])
        var left = kills
        for attempt in 0... {
            let trainer = try trainer(settings[attempt % settings.count])
            let notes = try folder.resume(trainer) ?? RunNotes(stopping: EarlyStopping(patience: 3, rows: 90))
            #expect(trainer.step % interval == 0)
            var driver = Driver(
                trainer: trainer, folder: folder, features: fixture.set.features, targets: fixture.set.goldTargets,
                student: fixture.student(hidden: 9, dropout: 0.2), notes: notes)
            if try driver.run(killedAfter: left) { break }
            // A kill happens once.
            left.remove(trainer.step)
        }
        return try FileBytes.read(#require(try folder.latest()))
    }

    @Test("a run killed at 20 random steps ends with the bytes of one that never was", arguments: 0..<3)
    func killedRuns(variant: Int) throws {
        let place = try TemporaryFolder()
        let one = Self.settings(variant)
        let expected = try run([one], interval: 1000, kills: [], in: place.url.appending(path: "whole"))
        var random = SeededRandom(seed: UInt64(variant) + 7)
        let steps = BatchOrder(fixture.set.features, settings: one).steps(inEpochs: 8)
        var kills: Set<Int> = []
        while kills.count < min(20, steps - 1) { kills.insert(random.whole(in: 1...(steps - 1))) }
        // Each attempt has another number of threads and of shards in memory.
        var others = [1, 2, 3, 5].map { Self.settings(variant, threads: $0) }
        others[1].shardsAtOnce = 1
        for interval in [1, 3] {
            let found = try run(
                others, interval: interval, kills: kills, in: place.url.appending(path: "killed \(interval)"))
            #expect(found == expected)
        }
    }

    @Test("are written as often as asked, and the last few kept")
    func kept() throws {
        let place = try TemporaryFolder()
        let url = place.url.appending(path: "checkpoints")
        let folder = CheckpointFolder(url, interval: 4, kept: 3)
        #expect(try folder.latest() == nil)
        let trainer = try trainer(Self.settings(0))
        #expect(try folder.resume(trainer) == nil)
        while let step = try trainer.next(), step.step <= 21 {
            if step.step == 8 { try Data([1]).write(to: url.appending(path: ".step-000000008.h5.1-a.partial")) }
            if folder.isDue(after: step.step) { try folder.save(trainer, notes: RunNotes()) }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
        #expect(names == ["step-000000012.h5", "step-000000016.h5", "step-000000020.h5"])
        #expect(try folder.latest()?.lastPathComponent == names[2])

        // One that was cut short does not take the others with it.
        let last = url.appending(path: names[2])
        try Data(FileBytes.read(last).dropLast()).write(to: last)
        let resumed = try self.trainer(Self.settings(0))
        var skipped: [String] = []
        #expect(try folder.resume(resumed) { file, _ in skipped.append(file.lastPathComponent) } != nil)
        #expect(resumed.step == 16 && skipped == [names[2]])
    }

    @Test("keep what the caller notes")
    func notes() throws {
        let place = try TemporaryFolder()
        let folder = CheckpointFolder(place.url, interval: 1, kept: 1)
        let trainer = try trainer(Self.settings(0))
        _ = try trainer.next()
        var stopping = EarlyStopping(patience: 4, rows: 33)
        _ = stopping.note(ValidationScore(accuracy: 0.1 + 0.2, loss: 1 / 3), epoch: 1)
        _ = stopping.note(ValidationScore(accuracy: 0.2, loss: 5), epoch: 2)
        let chosen = try trainer.parameters.copy()
        _ = try trainer.next()
        try folder.save(trainer, notes: RunNotes(stopping: stopping, chosen: chosen, texts: ["name": "Übung\n2"]))
        let other = try self.trainer(Self.settings(0))
        let notes = try #require(try folder.resume(other))
        #expect(notes.texts == ["name": "Übung\n2"])
        #expect(notes.stopping?.patience == 4 && notes.stopping?.rows == 33)
        #expect(notes.stopping?.chosen?.epoch == stopping.chosen?.epoch)
        #expect(notes.stopping?.chosen?.score == stopping.chosen?.score)
        #expect(notes.stopping?.best == stopping.best)
        #expect(try bits(of: #require(notes.chosen)) == bits(of: chosen))
        #expect(other.bits == trainer.bits && other.step == 2)
    }

    @Test("of another student, recipe or data set are refused with all that differs")
    func otherRun() throws {
        let place = try TemporaryFolder()
        let file = place.url.appending(path: "c.h5")
        let trainer = try trainer(Self.settings(0))
        _ = try trainer.next()
        try Checkpoint.write(trainer, notes: RunNotes(), recipe: ["student.hidden": "9", "old": "1"], to: file)

        func differences(_ other: Trainer, _ recipe: [String: String]) -> [String] {
            let (before, step) = (other.bits, other.step)
            do {
                _ = try Checkpoint.restore(other, recipe: recipe, from: file)
                return []
            } catch CheckpointError.otherRun(let path, let differences) {
                #expect(path == file.path)
                #expect(other.bits == before && other.step == step)
                let text = "\(CheckpointError.otherRun(path: path, differences))"
                for difference in differences { #expect(text.contains(difference.name)) }
                return differences.map { "\($0.name): \($0.checkpoint ?? "-") → \($0.run ?? "-")" }
            } catch {
                return ["\(error)"]
            }
        }
        let recipe = ["student.hidden": "9", "old": "1"]
        #expect(try differences(self.trainer(Self.settings(0, threads: 3)), recipe) == [])
        #expect(
            try differences(self.trainer(Self.settings(0)), ["student.hidden": "10", "new": "2"])
                == ["new: - → 2", "old: 1 → -", "student.hidden: 9 → 10"])
        var settings = Self.settings(0)
        settings.seed = 2
        settings.optimizer = .sgd(SGDSettings(momentum: 0.5, weightDecay: 0.01))
        #expect(
            try differences(self.trainer(settings), recipe) == [
                "train.optimizer: adamw → sgd", "train.optimizer.beta1: 0.9 → -", "train.optimizer.beta2: 0.999 → -",
                "train.optimizer.epsilon: 0.001 → -", "train.optimizer.momentum: - → 0.5", "train.seed: 1 → 2",
            ])
        let wider = try fixture.trainer(
            fixture.student(hidden: 10, dropout: 0.2), settings: Self.settings(0), soft: true)
        let found = differences(wider, recipe)
        #expect(found.contains("parameter head.weight: [3, 9] → [3, 10]"))
        #expect(found.contains("parameter hidden.bias: [1, 9] → [1, 10]"))
        let drier = try fixture.trainer(
            fixture.student(hidden: 9, dropout: 0.1), settings: Self.settings(0), soft: true)
        #expect(differences(drier, recipe).map { $0.prefix(6) } == ["graph:"])
        let otherData = try TrainingFixture(examples: 90, soft: true, seed: 2).trainer(
            fixture.student(hidden: 9, dropout: 0.2), settings: Self.settings(0), soft: true)
        #expect(differences(otherData, recipe).map { $0.prefix(5) } == ["data:"])
    }

    @Test("that are cut short or changed anywhere are refused")
    func damaged() throws {
        let place = try TemporaryFolder()
        let file = place.url.appending(path: "c.h5")
        let trainer = try trainer(Self.settings(1))
        _ = try trainer.next()
        try Checkpoint.write(trainer, notes: RunNotes(), recipe: [:], to: file)
        let bytes = try FileBytes.read(file)
        let before = trainer.bits
        var random = SeededRandom(seed: 5)
        for length in [0, 1, 100, 512, bytes.count / 2, bytes.count - 1] {
            try Data(bytes[..<length]).write(to: file)
            #expect(throws: HDF5Error.self) { try Checkpoint.restore(trainer, recipe: [:], from: file) }
        }
        for _ in 0..<50 {
            var changed = bytes
            changed[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
            try Data(changed).write(to: file)
            #expect(throws: HDF5Error.self) { try Checkpoint.restore(trainer, recipe: [:], from: file) }
        }
        #expect(throws: HDF5Error.self) {
            try Checkpoint.restore(trainer, recipe: [:], from: place.url.appending(path: "none.h5"))
        }
        #expect(trainer.bits == before)
    }

    /// A file that passes for a checkpoint up to the parameters.
    private func write(
        _ trainer: Trainer, to file: URL, _ body: (borrowing HDF5Group) throws(HDF5Error) -> Void
    ) throws {
        let whole = file.deletingLastPathComponent().appending(path: "whole.h5")
        try Checkpoint.write(trainer, notes: RunNotes(), recipe: [:], to: whole)
        let identity = try HDF5File.read(at: whole) { root throws(HDF5Error) in
            try root.group("identity").textAttributes()
        }
        try HDF5File.create(at: file) { root throws(HDF5Error) in
            try root.setAttribute("format", to: "attar training checkpoint")
            try root.setAttribute("schema-version", to: Int64(1))
            let group = try root.createGroup("identity")
            for (name, text) in identity { try group.setAttribute(name, to: text) }
            try body(root)
        }
    }

    @Test("with a missing parameter, or one of the wrong type or shape, are refused by its name")
    func wrongContents() throws {
        let place = try TemporaryFolder()
        let file = place.url.appending(path: "c.h5")
        let trainer = try trainer(Self.settings(0))
        let before = trainer.bits
        func refusal(_ body: (borrowing HDF5Group) throws(HDF5Error) -> Void) throws -> HDF5Error? {
            try write(trainer, to: file) { root throws(HDF5Error) in try body(root.createGroup("parameters")) }
            do {
                _ = try Checkpoint.restore(trainer, recipe: [:], from: file)
                return nil
            } catch let error as HDF5Error {
                return error
            }
        }
        let count = 211 * 17
        #expect(
            try refusal { _ in }
                == .missing(path: file.path, object: "/parameters/table", present: []))
        #expect(
            try refusal { group throws(HDF5Error) in
                try group.writeNumbers([Double](repeating: 0, count: count), shape: [211, 17], named: "table")
            }
                == .wrongType(path: file.path, object: "/parameters/table", expected: "float32", found: "float64"))
        #expect(
            try refusal { group throws(HDF5Error) in
                try group.writeNumbers([Float](repeating: 0, count: count), shape: [17, 211], named: "table")
            }
                == .wrongShape(path: file.path, object: "/parameters/table", expected: "[211, 17]", found: [17, 211]))
        #expect(trainer.bits == before)
        // A checkpoint of another kind.
        try TensorFile.write(tensors: [], attributes: [:], to: file)
        #expect(throws: HDF5Error.self) { try Checkpoint.restore(trainer, recipe: [:], from: file) }
    }

    @Test("are not written of parameters that are not finite, and the last good one stays")
    func notFinite() throws {
        let place = try TemporaryFolder()
        let folder = CheckpointFolder(place.url, interval: 1, kept: 1)
        let trainer = try trainer(Self.settings(0))
        _ = try trainer.next()
        let good = try folder.save(trainer, notes: RunNotes())
        _ = try trainer.next()
        trainer.parameters.floats(2)[1] = .nan
        #expect(throws: CheckpointError.notFinite(step: 2, parameter: "hidden.bias")) {
            try folder.save(trainer, notes: RunNotes())
        }
        #expect(try folder.latest() == good)
        #expect(throws: TrainingError.self) { try trainer.next() }
        let other = try self.trainer(Self.settings(0))
        _ = try folder.resume(other)
        #expect(other.step == 1)
    }

    private static let python = ["python3", "/usr/bin/python3"].first {
        (try? output(of: $0, "-c", "import h5py; print(1)")) == "1\n"
    }

    private static func output(of arguments: String...) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }

    @Test("open in h5py with parameters and optimizer state by name", .enabled(if: python != nil, "needs h5py"))
    func openInPython() throws {
        let place = try TemporaryFolder()
        let file = place.url.appending(path: "c.h5")
        let trainer = try trainer(Self.settings(1))
        _ = try trainer.next()
        try Checkpoint.write(trainer, notes: RunNotes(), recipe: ["student.family": "bag"], to: file)
        let script = """
            import h5py, sys
            f = h5py.File(sys.argv[1], "r")
            print(sorted(f), f["progress"].attrs["step"], f["identity"].attrs["student.family"])
            print(sorted(f["first-moments"]), f["first-moments/head.weight"].shape)
            print(float(f["parameters/head.weight"][2, 5]).hex(), float(f["average/table"][210, 16]).hex())
            """
        let output = try Self.output(of: try #require(Self.python), "-c", script, file.path)
        let head = try #require(trainer.parameters.index(of: "head.weight"))
        let average = try #require(trainer.state.average)
        let expected = """
            ['average', 'first-moments', 'identity', 'notes', 'parameters', 'progress', 'second-moments'] 1 bag
            ['head.bias', 'head.weight', 'hidden.bias', 'hidden.weight', 'table'] (3, 9)

            """
        #expect(output.hasPrefix(expected))
        let values = output.split(separator: "\n").last?.split(separator: " ").compactMap { Float($0) } ?? []
        #expect(values == [trainer.parameters.rowMajor(at: head)[2 * 9 + 5], average.rowMajor(at: 0)[210 * 17 + 16]])
    }
}
