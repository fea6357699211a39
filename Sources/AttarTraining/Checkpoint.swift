import AttarHDF5
import AttarRuntime
import Foundation

/// What the caller of a trainer keeps between steps, stored with the trainer's own state.
package struct RunNotes: Sendable {
    package var stopping: EarlyStopping?
    /// The parameters that early stopping would keep.
    package var chosen: ParameterStore?
    /// Anything else, by name.
    package var texts: [String: String]

    package init(stopping: EarlyStopping? = nil, chosen: ParameterStore? = nil, texts: [String: String] = [:]) {
        self.stopping = stopping
        self.chosen = chosen
        self.texts = texts
    }
}

/// Why a checkpoint is not written, or not gone on from. Files that are damaged, truncated, or hold something of the
/// wrong type or shape are `HDF5Error`s.
package enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It would not give what an uninterrupted run gives.
    case otherRun(path: String, [Difference])
    case notFinite(step: Int, parameter: String)

    /// A property that checkpoint and run do not share; nil where one of them lacks it.
    package struct Difference: Equatable, Sendable {
        package let name: String
        package let checkpoint, run: String?
    }

    package var description: String {
        switch self {
        case .otherRun(let path, let differences):
            "\(path): the checkpoint is of another student, recipe or data set: "
                + differences.map { "\($0.name) is \($0.checkpoint ?? "absent") there and \($0.run ?? "absent") here" }
                .joined(separator: "; ") + ". Go on with the recipe that made it, or start anew without it"
        case .notFinite(let step, let parameter):
            "“\(parameter)” is not finite after step \(step), so no checkpoint is written; the last one is kept. Lower "
                + "`train.learning-rate`"
        }
    }
}

/// A training run on disk, from which it goes on with the bits of one that was never stopped.
///
/// HDF5, sealed (see `Seal`): `/parameters`, `/first-moments`, `/second-moments`, `/average` and `/chosen` hold one
/// float32 dataset `[rows, columns]` a parameter; `/progress`, `/early-stopping`, `/identity` and `/notes` hold
/// attributes. Nothing in it depends on clock or machine.
package enum Checkpoint {
    static let format = "attar training checkpoint"
    static let schemaVersion: Int64 = 1

    /// - Parameter recipe: what else decides the run, by name: going on under another value is refused.
    package static func write(_ trainer: Trainer, notes: RunNotes, recipe: [String: String], to url: URL) throws {
        let state = trainer.state
        for index in state.parameters.entries.indices {
            guard state.parameters.floats(index).allSatisfy(\.isFinite) else {
                throw CheckpointError.notFinite(step: state.step, parameter: state.parameters.entries[index].name)
            }
        }
        try HDF5File.create(at: url) { root throws(HDF5Error) in
            try root.setAttribute("format", to: format)
            try root.setAttribute("schema-version", to: schemaVersion)
            try root.writeTexts(trainer.identity(with: recipe), named: "identity")
            try root.writeTexts(notes.texts, named: "notes")
            let progress = try root.createGroup("progress")
            try progress.setAttribute("step", to: Int64(state.step))
            try progress.setAttribute("epoch", to: Int64(state.epoch))
            try progress.setAttribute("step-of-epoch", to: Int64(state.stepOfEpoch))
            for (name, store) in state.stores { try root.write(store, named: name) }
            if let stopping = notes.stopping { try root.write(stopping) }
            if let chosen = notes.chosen { try root.write(chosen, named: "chosen") }
        }
    }

    /// What a checkpoint says of its run, for people.
    ///
    /// - Throws: `HDF5Error` where it is none.
    package static func summary(of url: URL) throws -> [String] {
        try HDF5File.read(at: url) { root throws(HDF5Error) in
            try root.requireFormat(format, schemaVersion: schemaVersion)
            let place = try root.place()
            let identity = try root.group("identity").textAttributes().sorted { $0.key < $1.key }
            return ["training checkpoint after step \(place.step): step \(place.stepOfEpoch) of epoch \(place.epoch)"]
                + identity.map { "\($0.key): \($0.value)" }
        }
    }

    /// Puts a trainer where the checkpoint's stood, and gives back what the caller had stored. Where it throws, the
    /// trainer is as before.
    package static func restore(
        _ trainer: Trainer, recipe: [String: String], from url: URL
    ) throws -> RunNotes {
        let identity = trainer.identity(with: recipe)
        let state = trainer.state
        typealias Found = (
            differences: [CheckpointError.Difference], stores: [(ParameterStore, [[Float]])],
            place: (step: Int, epoch: Int, stepOfEpoch: Int), notes: RunNotes
        )
        let found = try HDF5File.read(at: url) { root throws(HDF5Error) -> Found in
            try root.requireFormat(format, schemaVersion: schemaVersion)
            let stored = try root.group("identity").textAttributes()
            let differences = Set(stored.keys).union(identity.keys).sorted().compactMap { name in
                stored[name] == identity[name]
                    ? nil : CheckpointError.Difference(name: name, checkpoint: stored[name], run: identity[name])
            }
            guard differences.isEmpty else { return (differences, [], (0, 0, 0), RunNotes()) }
            var stores: [(ParameterStore, [[Float]])] = []
            for (name, store) in state.stores { stores.append((store, try root.values(of: store, named: name))) }
            var notes = RunNotes(texts: try root.group("notes").textAttributes())
            let names = try root.names()
            if names.contains("early-stopping") { notes.stopping = try root.earlyStopping() }
            if names.contains("chosen") { notes.chosen = try root.copy(of: state.parameters, named: "chosen") }
            return ([], stores, try root.place(), notes)
        }
        guard found.differences.isEmpty else {
            throw CheckpointError.otherRun(path: url.path, found.differences)
        }
        for (store, values) in found.stores {
            for (index, values) in values.enumerated() { store.setRowMajor(values, at: index) }
        }
        trainer.restart(step: found.place.step, epoch: found.place.epoch, stepOfEpoch: found.place.stepOfEpoch)
        return found.notes
    }
}

extension TrainingState {
    /// The stores by their names in a checkpoint.
    fileprivate var stores: [(String, ParameterStore)] {
        [("parameters", parameters), ("first-moments", firstMoments), ("second-moments", secondMoments)]
            + (average.map { [("average", $0)] } ?? [])
    }
}

extension Trainer {
    /// All that decides the bits of the run.
    fileprivate func identity(with recipe: [String: String]) -> [String: String] {
        var all = settings.identity.merging(recipe) { _, recipe in recipe }
        for declaration in program.declarations {
            all["parameter \(declaration.name)"] = "[\(declaration.rows), \(declaration.columns)]"
        }
        all["graph"] = "one with the checksum \(String(program.checksum, radix: 16))"
        all["data"] = "\(set.count) examples with the checksum \(String(set.checksum, radix: 16))"
        return all
    }
}

extension HDF5Group {
    fileprivate func writeTexts(_ texts: [String: String], named name: String) throws(HDF5Error) {
        let group = try createGroup(name)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) { try group.setAttribute(name, to: text) }
    }

    fileprivate func write(_ store: ParameterStore, named name: String) throws(HDF5Error) {
        let group = try createGroup(name)
        for (index, entry) in store.entries.enumerated() where entry.rows > 0 {
            try group.writeNumbers(
                store.rowMajor(at: index), shape: [entry.rows, entry.columns], named: entry.name, compressed: false)
        }
    }

    /// Values for each entry of a store; none for entries without rows.
    fileprivate func values(of store: ParameterStore, named name: String) throws(HDF5Error) -> [[Float]] {
        let group = try group(name)
        var all: [[Float]] = []
        for entry in store.entries {
            all.append(
                entry.rows == 0
                    ? [] : try group.numbers(Float.self, named: entry.name, shape: [entry.rows, entry.columns]))
        }
        return all
    }

    fileprivate func copy(of store: ParameterStore, named name: String) throws(HDF5Error) -> ParameterStore {
        let values = try values(of: store, named: name)
        guard let copy = try? store.copy() else { preconditionFailure("the store has been counted before") }
        for (index, values) in values.enumerated() { copy.setRowMajor(values, at: index) }
        return copy
    }

    fileprivate func place() throws(HDF5Error) -> (step: Int, epoch: Int, stepOfEpoch: Int) {
        let progress = try group("progress")
        return (
            Int(try progress.numberAttribute("step", as: Int64.self)),
            Int(try progress.numberAttribute("epoch", as: Int64.self)),
            Int(try progress.numberAttribute("step-of-epoch", as: Int64.self))
        )
    }

    fileprivate func write(_ stopping: EarlyStopping) throws(HDF5Error) {
        let group = try createGroup("early-stopping")
        try group.setAttribute("patience", to: Int64(stopping.patience))
        try group.setAttribute("rows", to: Int64(stopping.rows))
        if let best = stopping.best { try group.write(best, named: "best") }
        if let chosen = stopping.chosen {
            try group.setAttribute("chosen-epoch", to: Int64(chosen.epoch))
            try group.write(chosen.score, named: "chosen")
        }
    }

    fileprivate func earlyStopping() throws(HDF5Error) -> EarlyStopping {
        let group = try group("early-stopping")
        let names = try group.names()
        var chosen: (epoch: Int, score: ValidationScore)?
        if names.contains("chosen") {
            let epoch = try group.numberAttribute("chosen-epoch", as: Int64.self)
            chosen = (Int(epoch), try group.score("chosen"))
        }
        return EarlyStopping(
            patience: Int(try group.numberAttribute("patience", as: Int64.self)),
            rows: Int(try group.numberAttribute("rows", as: Int64.self)), chosen: chosen,
            best: names.contains("best") ? try group.score("best") : nil)
    }

    private func write(_ score: ValidationScore, named name: String) throws(HDF5Error) {
        let group = try createGroup(name)
        try group.setAttribute("accuracy", to: score.accuracy)
        try group.setAttribute("loss", to: score.loss)
    }

    private func score(_ name: String) throws(HDF5Error) -> ValidationScore {
        let group = try group(name)
        return ValidationScore(
            accuracy: try group.numberAttribute("accuracy"), loss: try group.numberAttribute("loss"))
    }
}
