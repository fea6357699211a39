// What answers cost, when the student has paid for itself, and what was asked of the teacher.
extension HTMLReport {
    var cost: Section? {
        guard let cost = report.cost else { return nil }
        var facts = Markup.none
        if cost.serving == nil {
            if let price = cost.teacherPerThousand {
                facts += fact("Teacher, 1,000 answers", FigureFormat.money(price, currency: cost.currency))
            }
            if let price = cost.studentPerThousand {
                facts += fact("Student, 1,000 answers", FigureFormat.money(price, currency: cost.currency))
            }
        }
        if let tokens = cost.teacherTokensPerQuery {
            facts += fact("Teacher, tokens an answer", "\(FigureFormat.significant(tokens)) (read and written)")
        }
        if let seconds = cost.studentCoreSecondsPerThousand {
            facts += fact(
                "Student, time for 1,000 answers", "\(FigureFormat.microseconds(seconds * 1e6)) on one processor core")
        }
        let list: Markup = facts.text.isEmpty ? .none : "<dl class=\"facts\">\(facts)</dl>"
        let body: Markup = "\(serving(cost))\(breakEven(cost))\(list)"
        guard !body.text.isEmpty else { return nil }
        return Section(
            id: "cost", link: "Cost", title: "How fast, and for how much?",
            lede: """
                What answering takes when the student, the teacher or both in turn do it, and from how many queries on \
                making the student has paid.
                """,
            body: body)
    }

    private func serving(_ cost: CostFigures) -> Markup {
        guard let serving = cost.serving, !serving.isEmpty else { return .none }
        var rows = Markup.none
        for figures in serving {
            let even = cost.breakEven?.first { $0.system == figures.name }
            let pays = even.map { $0.queries.map { "\(FigureFormat.queries($0)) queries" } ?? "never" }
            let server = Server(rawValue: figures.name)
            rows += """
                <tr><th scope="row"><span class="key \(server?.colour ?? "other")"></span>\
                \(server?.title ?? figures.name)</th>\
                \(cell("Right", figures.accuracy.map { FigureFormat.percent($0) }))\
                \(cell("A query, on average", figures.latencyMicroseconds.map { FigureFormat.microseconds($0) }))\
                \(cell("Energy a query", figures.microjoules.map { FigureFormat.microjoules($0) }))\
                \(cell("1,000 queries", figures.costPerThousand.map { FigureFormat.money($0, currency: cost.currency) }))\
                \(cell("Has paid after", pays))</tr>
                """
        }
        return table(
            "Serving",
            ["Who answers", "Right", "A query, on average", "Energy a query", "1,000 queries", "Has paid after"],
            rows,
            note: """
                Time: mean of a query, the slow ones that go to the teacher included. Energy: of this machine only; a dash \
                where it was not measured. Has paid after: queries until what was saved against the teacher alone \
                makes up for labelling and training.
                """)
    }

    private func breakEven(_ cost: CostFigures) -> Markup {
        guard let chart = BreakEvenChart(cost), let fixed = cost.breakEven?.first else { return .none }
        let labelling = FigureFormat.money(fixed.labellingCost, currency: cost.currency)
        let training = FigureFormat.money(fixed.trainingCost, currency: cost.currency)
        return """
            <h4>When it pays</h4>\(chart.markup)<p class="note">Making the student took \(labelling) for the teacher’s \
            answers and \(training) for processor time: there its lines begin. Where one crosses the teacher’s, it has paid.</p>
            """
    }

    var spending: Section? {
        guard let spending = report.spending else { return nil }
        var rows = Markup.none
        for purpose in spending.purposes {
            rows += """
                <tr><th scope="row">\(purpose.name)</th><td class="number">\(FigureFormat.count(purpose.requests))</td>\
                <td class="number">\(FigureFormat.count(purpose.inputTokens))</td>\
                <td class="number">\(FigureFormat.count(purpose.outputTokens))</td></tr>
                """
        }
        let cost = spending.cost.map { "They cost \(FigureFormat.money($0, currency: spending.currency)). " } ?? ""
        return Section(
            id: "spending", link: "Teacher’s work", title: "What was asked of the teacher",
            lede:
                "Requests that this run sent to \(spending.teacher), by purpose. Tokens are pieces of words: those read, and those written.",
            body: """
                \(plainTable("Requests to the teacher", ["Purpose", "Requests", "Tokens read", "Written"], rows))\
                <p class="note">\(cost)\(FigureFormat.count(spending.reusedRequests)) more requests were answered from the \
                ledger of earlier answers, at no cost.</p>
                """)
    }
}
