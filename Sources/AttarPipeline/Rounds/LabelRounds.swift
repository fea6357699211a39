import AttarData
import AttarStatistics
import AttarTeacher
import AttarTraining

/// Asks a teacher about a pool in rounds: each trains a quick student, asks next where it is least sure, and ends where the next
/// round is not worth its price.
///
/// All draws are seeded and all answers are taken by row, so the same recipe and answers make the same rounds: one that was
/// stopped goes on by going through its answers again.
package struct LabelRounds {
    /// What is known after some rows were asked about.
    package struct Answers {
        package var dataset: TextDataset
        /// Of all answers so far, paid now or before; nil without prices.
        package var cost: Double?
        /// Rows that these were about.
        package var rows: Int
        /// Of all answers so far, paid now or before: labels, and whatever else counts towards the teacher's limits.
        package var labels = Amount()
        package var others = Amount()

        package init(dataset: TextDataset, cost: Double?, rows: Int) {
            self.dataset = dataset
            self.cost = cost
            self.rows = rows
        }
    }

    private let recipe: Recipe
    private let section: RoundsSection
    private let heldOut: Fingerprint
    private let labels: Int
    private let pool: RoundsPool
    private let budget: RoundsBudget
    private let picker: PoolPicker
    private let kernels: TrainingKernels
    private let money: RoundsMoney?
    private let writable: Int
    private var random: SplitMix64
    private var open: [Int]
    /// Of all texts so far, and texts that they were for.
    private var lastCost = 0.0
    private var lastTaken: Amount?
    private var hasWritten = false
    private var wanted = 0

    package private(set) var rounds: [LabelRound] = []
    /// Rows asked about, in their order.
    package private(set) var asked: [Int] = []
    /// The first rows to be asked about, drawn by chance: they alone are like the pool.
    package let firstRows: [Int]
    package var judges: [Int] { pool.judges }
    package var hasGoldJudges: Bool { pool.hasGoldJudges }
    /// Of the judges, those that have a label to judge by; nil before the first round.
    package private(set) var judgesUsed: Int?
    /// Rows that could be asked about at the start.
    package var available: Int { pool.open.count + (pool.hasGoldJudges ? 0 : pool.judges.count) }
    /// Rows that are held out.
    package var contaminated: [Int] { pool.contaminated }
    /// Near copies of other rows.
    package var copies: Int { pool.copies }

    package init(_ recipe: Recipe, _ section: RoundsSection, dataset: TextDataset, heldOut: Fingerprint) throws {
        try self.init(recipe, section, dataset: dataset, heldOut: heldOut, money: nil, writable: 0)
    }

    /// - Parameters:
    ///   - money: what may be spent; nil where nothing limits it.
    ///   - writable: texts that can be written once the pool is empty.
    init(
        _ recipe: Recipe, _ section: RoundsSection, dataset: TextDataset, heldOut: Fingerprint, money: RoundsMoney?,
        writable: Int
    ) throws {
        self.recipe = recipe
        self.money = money
        self.writable = writable
        self.section = section
        self.heldOut = heldOut
        labels = dataset.labels.count
        budget = try RoundsBudget(recipe, section, labels: dataset.labels.count)
        pool = RoundsPool(dataset, recipe, section, heldOut: heldOut, most: budget.rows, further: writable)
        picker = PoolPicker(texts: section.pick == .automatic ? dataset.rows.map(\.text) : [])
        kernels = try TrainingKernels()
        random = SplitMix64(seed: UInt64(section.seed) &+ 1)
        firstRows = pool.first(section, labels: labels, most: budget.rows)
        let first = Set(firstRows)
        open = pool.open.filter { !first.contains($0) }
    }

    /// - Parameters:
    ///   - ask: gets rows that were never asked about, and gives all that is known after they were.
    ///   - tell: gets each round when it is over.
    ///   - write: has so many texts written with an aim, and gives the rows that they have from then on.
    ///   - predict: gets each round's student, for measurements.
    package mutating func run(
        write: (GenerationAim, Int) async throws -> [Int] = { _, _ in [] },
        ask: ([Int]) async throws -> Answers, tell: (LabelRound) throws -> Void,
        predict: (([String]) throws -> [[Float]]) throws -> Void = { _ in }
    ) async throws {
        var sizes: [Int] = []
        var correct: [[Bool]] = []
        var batch = firstRows
        var judges: [Int]?
        var writable = writable
        var aim = GenerationAim(labelWeights: [])
        wanted = batch.count
        while true {
            let answers: Answers
            do {
                if !rounds.isEmpty, batch.isEmpty {
                    writable -= wanted
                    batch = try await write(aim, wanted)
                    hasWritten = true
                }
                answers = try await ask(batch)
            } catch {
                guard !rounds.isEmpty, error.isTeacherLimit else { throw error }
                rounds[rounds.count - 1].decision = .stops(.teacherLimit)
                try tell(rounds[rounds.count - 1])
                return
            }
            try Task.checkCancellation()
            asked += batch
            let dataset = answers.dataset
            let isAnswered = batch.contains { dataset.label(of: $0) != nil }
            if rounds.isEmpty, !batch.isEmpty, !isAnswered {
                throw RoundsError.noAnswers(asked: batch.count, teacher: recipe.teacher?.model ?? "the teacher")
            }
            let chosen = judges ?? pool.judges.filter { isLearned($0, of: dataset) }
            judges = chosen
            judgesUsed = chosen.count
            let known = Set(pool.judges)
            let train = (pool.gold + asked.filter { !known.contains($0) }).filter { isLearned($0, of: dataset) }
            let student = train.isEmpty ? nil : try self.student(dataset, train)
            let truth = chosen.compactMap { dataset.label(of: $0) }
            let given = try student.map { student in
                try student.probabilities(of: chosen.map { dataset.rows[$0].text }).map { likeliest($0) }
            }
            let right = given.map { zip($0, truth).map { $0 == $1 } }
            if let right {
                sizes.append(train.count)
                correct.append(right)
            }
            var round = LabelRound(
                number: rounds.count + 1, asked: batch.count, askedInAll: asked.count, trained: train.count,
                cost: answers.cost, accuracy: right.flatMap { mean($0.map { $0 ? 1 : 0 }) },
                accuracyInterval: right.flatMap { right in
                    right.isEmpty ? nil : wilsonInterval(successes: right.count { $0 }, trials: right.count)
                }, confusions: Self.confusions(truth, given ?? [], labels: dataset.labels))
            let available = open.isEmpty ? writable : open.count
            let allowed = min(nextSize(), budget.rows - asked.count, available)
            let affordable = affordable(answers)
            // A few texts more are not worth a round.
            round.next = affordable < min(allowed, max(nextSize() / 10, 1)) ? 0 : min(allowed, affordable)
            let price = price(answers)
            round.nextPrice = round.next > 0 ? price.map { $0 * Double(round.next) } : nil
            if round.next > 0 {
                round.gain = ExpectedGain(
                    rows: sizes, correct: correct, further: round.next, level: section.confidence,
                    seed: UInt64(section.seed))
            }
            round.decision = decision(
                round, isAnswered: isAnswered || batch.isEmpty, isUseful: !hasWritten || !batch.isEmpty,
                hasTexts: available > 0, isAllowed: allowed > 0)
            let present = Set(train.compactMap { dataset.label(of: $0) }).count
            let picksByChance = student == nil || present < 2 || section.pick == .random
            if picksByChance, section.pick != .random, round.decision == .goesOn {
                round.remark = "All labels so far are one: the next texts are drawn by chance."
            }
            rounds.append(round)
            try tell(round)
            if let student { try predict(student.probabilities) }
            guard round.decision == .goesOn else { return }
            wanted = round.next
            aim = Self.aim(truth, given ?? [], labels: labels)
            batch = open.isEmpty ? [] : try nextBatch(round.next, picksByChance ? nil : student, dataset)
        }
    }

    // MARK: What is asked about

    private func nextSize() -> Int {
        section.batch ?? max(section.firstTexts(labels: labels), (asked.count - judges.count) / 4)
    }

    private mutating func nextBatch(_ count: Int, _ student: QuickStudent?, _ dataset: TextDataset) throws -> [Int] {
        let picked: [Int]
        if let student {
            let probabilities = try student.probabilities(of: open.map { dataset.rows[$0].text })
            picked = picker.pick(
                count, of: open, probabilities: probabilities, isSpread: section.pick == .automatic
            ).map(\.row)
        } else {
            open = random.shuffled(open)
            picked = Array(open.prefix(count))
        }
        let taken = Set(picked)
        open.removeAll { taken.contains($0) }
        return picked
    }

    /// Whether the dataset will have a row: texts that were written for another label than the teacher gives them may be dropped.
    private func isLearned(_ row: Int, of dataset: TextDataset) -> Bool {
        guard let label = dataset.label(of: row) else { return false }
        guard recipe.synthesis?.keep == .agreeing || dataset.rows[row].isHardCase,
            let intended = dataset.rows[row].intended
        else { return true }
        return label == intended
    }

    /// Half of the texts go to labels by their share of the judges that are taken for others, those without judges first of all; hard
    /// cases are between the labels that are confused.
    private static func aim(_ truth: [Int], _ given: [Int], labels: Int) -> GenerationAim {
        var (judged, wrong) = ([Double](repeating: 2, count: labels), [Double](repeating: 1, count: labels))
        var pairs: [Int: Int] = [:]
        for (label, other) in zip(truth, given) {
            judged[label] += 1
            guard label != other else { continue }
            wrong[label] += 1
            pairs[label * labels + other, default: 0] += 1
        }
        let rates = zip(wrong, judged).map { $0 / $1 }
        let total = rates.reduce(0, +)
        return GenerationAim(
            labelWeights: rates.map { $0 / total + 1 / Double(labels) },
            confused: pairs.sorted { $0.key < $1.key }.map { pair, count in
                ConfusedPair(label: pair / labels, other: pair % labels, weight: Double(count))
            }, hardShare: pairs.isEmpty ? 0 : hardShare)
    }

    /// Near misses and edits are for what is confused; most texts are still to be plain ones.
    private static let hardShare = 0.2

    private func student(_ dataset: TextDataset, _ rows: [Int]) throws -> QuickStudent {
        try QuickStudent(recipe, TrainingDataset(dataset.selecting(rows), heldOut: heldOut), kernels: kernels)
    }

    /// The most frequent pairs of a label and another one that was answered in its place, at most five.
    private static func confusions(_ truth: [Int], _ given: [Int], labels: [String]) -> [LabelRound.Confusion] {
        var counts: [Int: Int] = [:]
        for (label, other) in zip(truth, given) where label != other {
            counts[label * labels.count + other, default: 0] += 1
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map { pair, count in
            LabelRound.Confusion(
                label: labels[pair / labels.count], takenFor: labels[pair % labels.count], count: count)
        }
    }

    // MARK: Whether to go on

    /// Of one label, by what the last round has cost: later ones may have their texts written, or be put to more teachers.
    private mutating func price(_ answers: Answers) -> Double? {
        if let stated = section.pricePerLabel { return stated }
        guard let cost = answers.cost else { return nil }
        defer { lastCost = cost }
        let texts = rounds.isEmpty ? answers.rows : wanted
        return texts == 0 ? nil : (cost - lastCost) / Double(texts)
    }

    /// Texts that the teacher's limits allow at the price of the last round's, written where the next ones are to be.
    private mutating func affordable(_ answers: Answers) -> Int {
        guard let money else { return .max }
        let taken = answers.labels + answers.others
        let kept = money.kept(labels: answers.labels, texts: answers.rows)
        let texts = lastTaken == nil ? answers.rows : wanted
        var price = lastTaken.map { taken - $0 } ?? answers.labels
        if !hasWritten, open.isEmpty, money.written.requests > 0 {
            price = price + money.written.scaled(by: Double(texts) / Double(money.written.requests))
        }
        lastTaken = taken
        return money.texts(after: taken + kept, price: price, of: texts)
    }

    private func decision(
        _ round: LabelRound, isAnswered: Bool, isUseful: Bool, hasTexts: Bool, isAllowed: Bool
    ) -> LabelRound.Decision {
        if !isUseful { return .stops(.noTexts) }
        if !isAnswered { return .stops(.noAnswers) }
        if !hasTexts { return .stops(.poolEmpty) }
        if !isAllowed { return .stops(.budget) }
        if round.next <= 0 { return .stops(.teacherSpent) }
        if let worth = section.worthPerPoint, let gain = round.gain, let price = round.nextPrice,
            100 * gain.interval.upper * worth < price
        {
            return .stops(.notWorth)
        }
        return .goesOn
    }
}

extension Error {
    /// Whether a teacher's budget is used up.
    fileprivate var isTeacherLimit: Bool {
        if case .budgetReached? = (self as? TeacherSectionError)?.error ?? (self as? TeacherError) { return true }
        return false
    }
}
