// Single texts: the surest mistakes, and where student and teacher differ.
extension HTMLReport {
    var examples: Section? {
        guard !report.examples.isEmpty else { return nil }
        var items = Markup.none
        for example in report.examples {
            var facts = answer("True label", example.expected)
            facts += answer("Student", "\(example.predicted), \(sure(example.probability))", isRight: false)
            if let teacher = example.teacher {
                facts += answer("Teacher", teacher, isRight: teacher == example.expected)
            }
            items += oneCase(example.text, row: example.row, facts)
        }
        let cause =
            report.examples.contains { $0.teacher != nil }
            ? "Where the teacher is wrong too, the student may have learned it there, or the text is mislabelled."
            : "Some may be mislabelled."
        return Section(
            id: "examples", link: "Mistakes", title: "Surest mistakes",
            lede: "Texts that the student got wrong while most sure of itself. \(cause)",
            body: "<ol class=\"cases\">\(items)</ol>")
    }

    var disagreements: Section? {
        guard let disagreements = report.disagreements, !disagreements.isEmpty else { return nil }
        var items = Markup.none
        for one in disagreements {
            items += oneCase(
                one.text, row: one.row,
                """
                \(answer("True label", one.expected))\
                \(answer("Student", "\(one.student), \(sure(one.studentProbability))", isRight: one.student == one.expected))\
                \(answer("Teacher", "\(one.teacher), \(sure(one.teacherProbability))", isRight: one.teacher == one.expected))
                """)
        }
        let student = disagreements.count { $0.student == $0.expected }
        let teacher = disagreements.count { $0.teacher == $0.expected }
        let neither = disagreements.count - student - teacher
        return Section(
            id: "disagreements", link: "Against the teacher", title: "Where it contradicts its teacher",
            lede: """
                Texts that student and teacher answer differently, as examples. Of the \
                \(FigureFormat.count(disagreements.count)) shown the teacher is right in \(teacher), the student in \
                \(student), neither in \(neither).
                """,
            body: "<ol class=\"cases\">\(items)</ol>")
    }

    private func oneCase(_ text: String, row: Int, _ facts: Markup) -> Markup {
        """
        <li><blockquote>\(text.shortened(to: 600))</blockquote><dl class="answers">\(facts)\
        \(answer("Held-out row", FigureFormat.count(row + 1)))</dl></li>
        """
    }

    private func answer(_ who: String, _ label: String, isRight: Bool? = nil) -> Markup {
        let badge: Markup =
            isRight.map { " <span class=\"badge \($0 ? "good" : "alarm")\">\($0 ? "right" : "wrong")</span>" } ?? .none
        return "<div><dt>\(who)</dt><dd>\(label)\(badge)</dd></div>"
    }

    private func sure(_ probability: Double) -> String { "\(FigureFormat.percent(probability, decimals: 0)) sure" }
}
