/// How accurate quick students became while a teacher was asked in rounds, and why that ended.
package struct RoundsFigures: Codable, Hashable, Sendable {
    package struct Point: Codable, Hashable, Sendable {
        /// Texts asked about so far.
        package var asked: Int
        /// Texts that the quick student was trained on.
        package var trained: Int
        /// Of all answers so far, paid then or before; nil without prices.
        package var cost: Double?
        /// On the texts that judge; nil without any.
        package var accuracy: Estimate?
        /// What the next round was likely to add, and to cost.
        package var gain: Estimate?
        package var nextCost: Double?

        package init(
            asked: Int, trained: Int, cost: Double?, accuracy: Estimate?, gain: Estimate?, nextCost: Double?
        ) {
            self.asked = asked
            self.trained = trained
            self.cost = cost
            self.accuracy = accuracy
            self.gain = gain
            self.nextCost = nextCost
        }
    }

    /// Texts that judged.
    package var judges: Int
    /// Whether these had right labels; else the teacher's.
    package var hasRightLabels: Bool
    package var points: [Point]
    /// Why there was no further round.
    package var end: String

    package init(judges: Int, hasRightLabels: Bool, points: [Point], end: String) {
        self.judges = judges
        self.hasRightLabels = hasRightLabels
        self.points = points
        self.end = end
    }

    /// By whose labels the texts were judged that did.
    var judgedBy: String {
        "\(FigureFormat.count(judges)) texts \(hasRightLabels ? "with right labels" : "drawn by chance, by the teacher’s labels")"
    }
}
