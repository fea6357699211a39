import ArgumentParser
import AttarEvaluation
import AttarStatistics
import Foundation

/// attar-bench evaluation
struct EvaluationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluation", abstract: "All figures of a report over many held-out rows.")

    @OptionGroup var options: BenchOptions

    @Option(help: "Held-out rows.")
    var rows = 100_000

    @Option(help: "Labels.")
    var labels = 77

    @Option(help: "Bootstrap draws.")
    var draws = 1000

    func run() throws {
        try options.show(EvaluationBench(rows: rows, labels: labels, draws: draws).run())
    }
}

/// Five systems over invented rows: baseline, teacher, three stages of a student.
struct EvaluationBench {
    let rows: Int
    let labels: Int
    let draws: Int

    func run() throws -> EvaluationBenchFigures {
        var generator = SplitMix64(seed: 1)
        let gold = (0..<rows).map { _ in generator.below(labels) }
        let roles: [SystemRole] = [.teacher, .floatStudent, .quantizedStudent, .deployedFile]
        let systems = roles.map { role in
            EvaluatedSystem(name: role.rawValue, role: role, probabilities: probabilities(gold, &generator))
        }
        let input = EvaluationInput(
            recipe: RecipeFigures(name: "invented", task: "text-classification"),
            labels: (0..<labels).map { "label \($0)" }, gold: gold, systems: systems,
            options: EvaluationOptions(bootstrapDraws: draws))
        let before = residentBytes()
        let time = try seconds { _ = try evaluate(input) }
        return EvaluationBenchFigures(
            rows: rows, labels: labels, draws: draws, seconds: time, inputBytes: rows * labels * 4 * roles.count,
            residentBytesBefore: before, peakResidentBytes: peakResidentBytes())
    }

    /// Nearly always some mass on the right label.
    private func probabilities(_ gold: [Int], _ generator: inout SplitMix64) -> [Float] {
        var values = [Float](repeating: 0, count: rows * labels)
        for row in 0..<rows {
            var sum: Float = 0
            for label in 0..<labels {
                let weight = Float(generator.uniform()) + (label == gold[row] ? Float(generator.uniform()) * 3 : 0)
                values[row * labels + label] = weight
                sum += weight
            }
            for label in 0..<labels { values[row * labels + label] /= sum }
        }
        return values
    }
}

struct EvaluationBenchFigures: Figures {
    let rows: Int
    let labels: Int
    let draws: Int
    let seconds: Double
    /// Probabilities of all systems.
    let inputBytes: Int
    let residentBytesBefore: Int
    let peakResidentBytes: Int

    var lines: [String] {
        [
            "evaluation of \(rows) rows, \(labels) labels, 5 systems, \(draws) draws: "
                + String(format: "%.2f s", seconds),
            "resident before \(residentBytesBefore >> 20) MB (probabilities \(inputBytes >> 20) MB), "
                + "at most \(peakResidentBytes >> 20) MB",
        ]
    }
}

/// Bytes of a line of /proc/self/status; 0 where there is none.
private func statusBytes(_ key: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
}

private func residentBytes() -> Int { statusBytes("VmRSS:") }
private func peakResidentBytes() -> Int { statusBytes("VmHWM:") }
