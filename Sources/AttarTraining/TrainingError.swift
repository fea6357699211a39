/// Why training cannot start or go on.
package enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    case noExamples
    case idOutOfRange(id: Int, example: Int, rows: Int)
    case textTooLong(tokens: Int, limit: Int)
    /// `op` is the first one whose result is not finite, in a shard with these examples (row numbers of the set).
    case lossNotFinite(step: Int, epoch: Int, op: String, examples: [Int])
    case gradientNotFinite(step: Int, epoch: Int)
    case notEnoughMemory(TrainingPlan, availableBytes: Int)

    package var description: String {
        switch self {
        case .noExamples: "there is no example to train on: every row was dropped or lacks a label"
        case .idOutOfRange(let id, let example, let rows):
            "training row \(example) has the feature or token \(id), but the student's table has \(rows) rows, counted "
                + "from 0. Do the student and the data come from the same recipe?"
        case .textTooLong(let tokens, let limit):
            "a training text has \(tokens) tokens, but the student has positions for \(limit): cut the texts to that length"
        case .lossNotFinite(let step, let epoch, let op, let examples):
            "the loss is not finite at step \(step) (epoch \(epoch)): first in \(op), in the batch with training rows "
                + "\(examples.map { "\($0)" }.joined(separator: ", ")). Lower `train.learning-rate`, or look for extreme "
                + "weights in these rows. Parameters and checkpoints are as they were before this step"
        case .gradientNotFinite(let step, let epoch):
            "the norm of the gradients is not finite at step \(step) (epoch \(epoch)), although the loss is: lower "
                + "`train.learning-rate`. Parameters and checkpoints are as they were before this step"
        case .notEnoughMemory(let plan, let available):
            "training needs \(megabytes(plan.bytes + plan.checkpointBytes)) of memory and \(megabytes(available)) are available: \(plan). "
                + "Make the student smaller, or the batch"
        }
    }
}

/// Bytes for people.
func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
