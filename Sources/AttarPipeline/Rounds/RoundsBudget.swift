/// How many texts rounds may ask about.
struct RoundsBudget {
    /// By what the recipe says; `Int.max` where it says nothing.
    let rows: Int
    /// The key that says so.
    let key: String?

    /// Throws where that is fewer than there are labels: before anything is sent.
    init(_ recipe: Recipe, _ section: RoundsSection, labels: Int) throws(RoundsError) {
        var limits: [(key: String, rows: Int)] = []
        if let most = section.most { limits.append(("rounds.most", most)) }
        // Each text takes a request at least.
        if let requests = recipe.teacher?.requestLimit { limits.append(("teacher.request-limit", requests)) }
        if let cost = recipe.teacher?.costLimit, let price = section.pricePerLabel, price > 0 {
            limits.append(("teacher.cost-limit", Int(min(cost / price, 1e9))))
        }
        let tightest = limits.min { $0.rows < $1.rows }
        if let tightest, tightest.rows < labels {
            throw .fewerThanLabels(key: tightest.key, rows: tightest.rows, labels: labels)
        }
        rows = tightest?.rows ?? .max
        key = tightest?.key
    }
}
