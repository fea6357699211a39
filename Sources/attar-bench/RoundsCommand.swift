import ArgumentParser
import AttarData
import AttarPipeline
import AttarStatistics
import AttarTraining
import Foundation

/// attar-bench rounds
struct RoundsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rounds",
        abstract:
            "What rounds gain over a draw by chance, and what their stop rule saves, right labels answering as the teacher.",
        discussion: """
            The texts of data.labelled are the pool, without their labels; some are held back to measure on, others for each seed. \
            Both ways begin with the same texts and ask about as many.
            """)

    @Argument(help: "A recipe with data.labelled.") var recipe: String
    @Option(parsing: .singleValue, help: "Changes a key of the recipe, such as rounds.most=3000; may be repeated.")
    var set: [String] = []
    @Option(help: "Seeds: 1 to this.") var seeds = 5
    @Option(help: "Rows held back.") var held = 2000
    @Option(help: "Measure on this table in place of rows held back.") var test: String?
    @Option(help: "What a point of accuracy is worth, in labels, for the stop rule; may be repeated.")
    var worth: [Double] = [250, 500, 1000, 2000, 4000]
    @Option(help: "The other way of picking.") var against = "random"
    @Flag(help: "Leave the other way out.") var alone = false

    func run() async throws {
        let started = ContinuousClock.now
        var pairs: [RoundsBench.Pair] = []
        for seed in 1...seeds {
            let bench = try RoundsBench(self, seed: seed)
            let picked = try await bench.curve(pick: nil)
            let other = alone ? nil : try await bench.curve(pick: against)
            let pair = RoundsBench.Pair(picked: picked, other: other)
            print(pair.lines(seed: seed).joined(separator: "\n"))
            fflush(nil)
            pairs.append(pair)
        }
        print(RoundsBench.summary(pairs, worth: worth).joined(separator: "\n"))
        print("\((ContinuousClock.now - started) / .seconds(1)) s")
    }
}

/// One seed: a pool, and rows to measure on.
struct RoundsBench {
    struct Point {
        let round: LabelRound
        /// On the rows to measure on.
        let accuracy: Double
    }

    private let command: RoundsCommand
    private let seed: Int
    private let pool: [LabelledText]
    private let measured: [LabelledText]
    private let labels: [String]

    init(_ command: RoundsCommand, seed: Int) throws {
        self.command = command
        self.seed = seed
        let data = try Self.load(command, seed: seed, pick: nil).recipe.data
        guard let file = data.labelled else { throw ValidationError("\(command.recipe) has no data.labelled") }
        let rows = try TextTable.read(file.url, textColumn: data.textColumn, labelColumn: data.labelColumn)
        labels = Set(rows.compactMap(\.label)).sorted()
        var generator = SplitMix64(seed: UInt64(seed) &* 7919)
        let shuffled = generator.shuffled(rows)
        if let test = command.test {
            pool = shuffled
            measured = try TextTable.read(
                URL(filePath: test), textColumn: data.textColumn, labelColumn: data.labelColumn)
        } else {
            measured = Array(shuffled.prefix(command.held))
            pool = Array(shuffled.dropFirst(command.held))
        }
    }

    private static func load(_ command: RoundsCommand, seed: Int, pick: String?) throws -> LoadedRecipe {
        let overrides = [
            "teacher.endpoint=http://127.0.0.1:9/v1", "teacher.model=oracle", "rounds.seed=\(seed)",
            "rounds.price-per-label=1", "train.seed=\(seed)", "data.near-duplicate-threshold=1",
        ]
        let labelled = try LoadedRecipe(path: command.recipe).recipe.data.labelled?.url.path ?? ""
        return try LoadedRecipe(
            path: command.recipe,
            overrides: overrides + ["data.unlabelled=\(labelled)"] + command.set
                + (pick.map { ["rounds.pick=\($0)"] } ?? []))
    }

    func curve(pick: String?) async throws -> [Point] {
        let recipe = try Self.load(command, seed: seed, pick: pick).recipe
        guard let section = recipe.rounds else { throw ValidationError("\(command.recipe) has no rounds") }
        let index = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        let truth = pool.map { index[$0.label ?? ""] ?? 0 }
        var dataset = TextDataset(
            labels: labels, rows: pool.map { TextRow(text: $0.text, source: .unlabelled) })
        var probabilities = [Float](repeating: .nan, count: pool.count * labels.count)
        let targets = measured.map { index[$0.label ?? ""] ?? -1 }
        let texts = measured.map(\.text)
        var fingerprint = Fingerprint(heldOut: texts)
        fingerprint.knowsEdits = recipe.data.lightEdits == .drop
        var rounds = try LabelRounds(recipe, section, dataset: dataset, heldOut: fingerprint)
        var (points, done): ([Point], [LabelRound]) = ([], [])
        var asked = 0
        try await rounds.run { rows in
            asked += rows.count
            for row in rows {
                for label in labels.indices { probabilities[row * labels.count + label] = label == truth[row] ? 1 : 0 }
            }
            dataset.teachers = [TeacherLabels(name: "oracle", method: "right labels", probabilities: probabilities)]
            return LabelRounds.Answers(dataset: dataset, cost: Double(asked), rows: asked)
        } tell: {
            done.append($0)
        } predict: { predict in
            let answers = try predict(texts).map { likeliest($0) }
            let right = zip(answers, targets).count { $0 == $1 }
            points.append(Point(round: done[done.count - 1], accuracy: Double(right) / Double(targets.count)))
        }
        return points
    }

    struct Pair {
        let picked: [Point]
        let other: [Point]?

        /// Mean accuracy over the texts asked about, by trapezoids.
        static func area(_ points: [Point]) -> Double {
            var (sum, width) = (0.0, 0.0)
            for (left, right) in zip(points, points.dropFirst()) {
                let step = Double(right.round.askedInAll - left.round.askedInAll)
                sum += step * (left.accuracy + right.accuracy) / 2
                width += step
            }
            return width > 0 ? sum / width : points.last?.accuracy ?? 0
        }

        var difference: Double { Self.area(picked) - Self.area(other ?? picked) }

        func lines(seed: Int) -> [String] {
            var lines = ["seed \(seed): area \(percent(Self.area(picked)))"]
            if let other {
                lines[0] += ", other way \(percent(Self.area(other))), difference \(percent(difference))"
            }
            for (place, point) in picked.enumerated() {
                let round = point.round
                var line = "  asked \(round.askedInAll), trained \(round.trained): \(percent(point.accuracy))"
                if let other, place < other.count { line += ", other way \(percent(other[place].accuracy))" }
                line += "; judges \(round.accuracy.map(percent) ?? "none")"
                if let gain = round.gain {
                    line += ", next \(round.next) likely \(percent(gain.gain)) "
                    line += "(\(percent(gain.interval.lower)) to \(percent(gain.interval.upper)))"
                    if place + 1 < picked.count {
                        line += ", was \(percent(picked[place + 1].accuracy - point.accuracy))"
                    }
                }
                lines.append(line)
            }
            return lines
        }

        /// Where the stop rule ends: labels saved of all, and points lost.
        func stop(worth: Double, upper: Bool) -> (saved: Double, lost: Double) {
            guard let last = picked.last else { return (0, 0) }
            let end =
                picked.first { point in
                    guard let gain = point.round.gain, let price = point.round.nextPrice else { return false }
                    return 100 * (upper ? gain.interval.upper : gain.gain) * worth < price
                } ?? last
            let all = Double(last.round.askedInAll)
            return ((all - Double(end.round.askedInAll)) / all, last.accuracy - end.accuracy)
        }
    }

    static func summary(_ pairs: [Pair], worth: [Double]) -> [String] {
        var lines: [String] = []
        if pairs.allSatisfy({ $0.other != nil }), let summary = SeedSummary(pairs.map(\.difference)) {
            lines.append(
                "difference of areas, points: mean \(percent(summary.mean)), 95 % interval "
                    + (summary.interval.map { "\(percent($0.lower)) to \(percent($0.upper))" } ?? "none"))
        }
        for upper in [true, false] {
            for worth in worth {
                let stops = pairs.map { $0.stop(worth: worth, upper: upper) }
                let lost = SeedSummary(stops.map(\.lost))
                lines.append(
                    "worth \(worth) labels a point, by \(upper ? "upper end" : "mean"): saved "
                        + stops.map { percent($0.saved) }.joined(separator: " ") + ", lost "
                        + stops.map { percent($0.lost) }.joined(separator: " ")
                        + (lost.map { ", mean \(percent($0.mean))" } ?? ""))
            }
        }
        return lines
    }
}

private func percent(_ share: Double) -> String { "\((share * 10000).rounded() / 100)" }
