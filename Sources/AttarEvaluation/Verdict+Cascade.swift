// What the cascade adds to the verdict: which share the student may answer, at what risk, and what that saves.

extension CascadeFigures {
    /// Whether the thresholds were fitted on rows, with a confidence.
    var isGuaranteed: Bool { fittedRows > 0 && confidence > 0 }

    /// Whether the guarantee is about the teacher's answers rather than the labels.
    var isAboutTeacher: Bool { guaranteed.hasPrefix("agreement") }

    /// The share that the guarantee is about, as measured on the held-out rows that the student answers.
    var measured: Estimate? { isAboutTeacher ? answeredAgreement ?? answeredAccuracy : answeredAccuracy }

    /// "at least 95 % with 95 % confidence".
    var guarantee: String {
        "at least \(FigureFormat.roundPercent(target)) with \(FigureFormat.roundPercent(confidence)) confidence"
    }

    /// Whether the student answers any row by itself.
    var answersAny: Bool { answeredRows > 0 }

    /// Whether the measured share is below the guaranteed one by more than chance.
    var isMissed: Bool {
        guard isGuaranteed, let upper = measured?.upper else { return false }
        return upper < target
    }

    /// Whether something speaks against the guarantee on the held-out rows.
    var isDoubtful: Bool { warning != nil || isMissed }

    /// "right", or "the teacher’s", of answers.
    var aim: String { isAboutTeacher && answeredAgreement != nil ? "the same as the teacher’s" : "right" }
}

extension Verdict {
    /// The share that the student may answer, and at what risk.
    static func sentence(of cascade: CascadeFigures, in report: EvaluationReport) -> String {
        guard cascade.answersAny, let measured = cascade.measured else {
            return "No share of the texts can be left to the student alone: no threshold makes \(cascade.guarantee) of "
                + "its answers \(cascade.isAboutTeacher ? "the same as the teacher’s" : "right"), judged on "
                + "\(FigureFormat.count(cascade.fittedRows)) calibration rows."
        }
        let share =
            cascade.answeredRows == report.heldOutRows
            ? "all texts" : "\(FigureFormat.percent(cascade.coverage.value, decimals: 0)) of texts"
        let risk =
            if !cascade.isGuaranteed {
                "not guaranteed: the threshold was not fitted on calibration rows"
            } else if cascade.isDoubtful {
                "\(cascade.guarantee) was fitted, but is not to be trusted on these texts"
            } else {
                "guaranteed: \(cascade.guarantee)"
            }
        let rest =
            cascade.answeredRows == report.heldOutRows
            ? ""
            : report.system(.teacher) == nil
                ? "; the rest is for a teacher or a person" : "; the teacher takes the rest"
        return "The student can answer \(share) by itself, of which \(FigureFormat.percent(measured.value)) are "
            + "\(cascade.aim) (\(risk))\(rest)."
    }

    /// What is to be known before the sentence is acted upon.
    static func details(of cascade: CascadeFigures, in report: EvaluationReport) -> [String] {
        var details: [String] = []
        if let warning = cascade.warning { details.append(warning) }
        if cascade.isMissed, let measured = cascade.measured {
            details.append(
                "On the held-out texts \(FigureFormat.percent(measured.value)) of its answers are \(cascade.aim), less than "
                    + "the \(FigureFormat.roundPercent(cascade.target)) that the threshold was fitted for, and by more than "
                    + "chance.")
        }
        return details
    }

    /// What a thousand queries cost, and when making the student has paid.
    static func price(of cost: CostFigures) -> String? {
        let small = cost.serving(.cascade) ?? cost.serving(.student)
        guard let small, let price = small.costPerThousand,
            let teacher = cost.serving(.teacher)?.costPerThousand
        else { return nil }
        let names = "\(small.name == "cascade" ? "student and teacher together" : "the student")"
        var text =
            "A thousand queries cost \(FigureFormat.money(price, currency: cost.currency)) with \(names), "
            + "\(FigureFormat.money(teacher, currency: cost.currency)) with the teacher alone"
        if let even = cost.breakEven?.first(where: { $0.system == small.name }) {
            text +=
                even.queries.map {
                    "; what it took to make the student is back after \(FigureFormat.queries($0)) queries"
                }
                ?? "; making the student never pays at these prices"
        }
        return text + "."
    }
}

/// Who answers queries.
enum Server: String, CaseIterable {
    case student, teacher, cascade

    var title: String {
        switch self {
        case .student: "Student alone"
        case .teacher: "Teacher alone"
        case .cascade: "Student, then teacher"
        }
    }

    /// The CSS class that colours it.
    var colour: String { self == .cascade ? "good" : rawValue }
}

extension CostFigures {
    func serving(_ server: Server) -> ServingFigures? { serving?.first { $0.name == server.rawValue } }
}

extension FigureFormat {
    /// A share as a percentage without needless decimals: "95 %", "97.5 %".
    static func roundPercent(_ share: Double) -> String {
        guard share.isFinite else { return missing }
        let text = decimal(share * 100, 2)
        let trimmed = text.hasSuffix(".00") ? text.dropLast(3) : text.hasSuffix("0") ? text.dropLast(1) : text[...]
        return "\(trimmed)\(space)%"
    }

    /// A number of queries, to two digits where it is large: "4,300".
    static func queries(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return missing }
        return count(Int((Double(significant(max(0, value).rounded(.up), digits: 2)) ?? value).rounded()))
    }

    /// A probability: "<0.001", "0.042", "0.31".
    static func probability(_ value: Double) -> String {
        value < 0.001 ? "<0.001" : decimal(value, value < 0.1 ? 3 : 2)
    }

    /// An energy: "12.3 µJ", "4.10 mJ", "2.35 J".
    static func microjoules(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        if value < 999.5 { return "\(significant(value))\(space)µJ" }
        if value < 999_500 { return "\(significant(value / 1000))\(space)mJ" }
        return "\(significant(value / 1e6))\(space)J"
    }
}
