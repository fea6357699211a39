extension EvaluationReport {
    /// What the figures do not tell, as far as they show it themselves.
    package var limits: [String] {
        var limits: [String] = []
        if let subject = subjectFigures, let lower = subject.accuracy.lower, let upper = subject.accuracy.upper {
            limits.append(
                "\(FigureFormat.count(heldOutRows)) held-out rows tell the student’s accuracy to "
                    + "±\(FigureFormat.decimal((upper - lower) * 50, 1)) points, for texts of the same kind only.")
        }
        if let openings = provenance.openings {
            limits.append(
                "The held-out data has been \(openings). Choices made after looking at it make its figures look better "
                    + "than new texts will.")
        }
        if let teacher = system(.teacher), teacher.unanswered > 0 {
            limits.append(
                "The teacher answered \(FigureFormat.count(teacher.answered)) of \(FigureFormat.count(heldOutRows)) "
                    + "held-out rows; it is judged, and compared, on those only.")
        }
        limits += cascadeLimits + labelLimits + stressLimits
        if let error = subjectFigures?.calibrationError, error > 0.05, subjectFigures?.isMiscalibrated == true {
            limits.append(
                "The student’s probabilities are off by \(FigureFormat.decimal(error * 100, 1)) points on average: "
                    + "do not read them as the chance of being right.")
        }
        if let contaminated = data?.contaminated, contaminated > 0 {
            limits.append(
                contaminated == 1
                    ? "One training row was also in the held-out data, and was dropped from training."
                    : "\(FigureFormat.count(contaminated)) training rows were also in the held-out data, or nearly, "
                        + "and were dropped from training.")
        }
        if data != nil, data?.contaminated == nil {
            limits.append("Whether training rows are also in the held-out data was not looked at.")
        }
        if subjectFigures?.latency == nil { limits.append("Latency was not measured.") }
        if cost != nil, cost?.teacherPerThousand == nil, system(.teacher) != nil {
            limits.append("The recipe gives no prices, so the teacher’s answers have no cost here.")
        }
        return limits
    }

    private var cascadeLimits: [String] {
        guard let cascade else {
            return system(.teacher) == nil && coverageCurve == nil
                ? [] : ["No threshold was fitted: which texts the student can safely answer by itself is not known."]
        }
        var limits: [String] = []
        if cascade.isGuaranteed, cascade.answersAny {
            limits.append(
                "What is guaranteed of the student’s own answers holds for texts like the "
                    + "\(FigureFormat.count(cascade.fittedRows)) calibration rows; for others it has to be fitted anew."
            )
        }
        if !cascade.deferredLabels.isEmpty {
            let names = Self.quoted(cascade.deferredLabels)
            limits.append(
                "The student never answers \(names) by itself: the calibration rows are too few, or too hard, to guarantee "
                    + "anything.")
        }
        return limits
    }

    private var stressLimits: [String] {
        var limits: [String] = []
        if let slices = stress?.slices {
            for slice in slices.found.prefix(3) {
                limits.append(
                    "It is worse where \(slice.by) is “\(slice.name)”: \(FigureFormat.percent(slice.accuracy.value)) right "
                        + "of \(FigureFormat.count(slice.rows)) texts, \(FigureFormat.percent(slice.restAccuracy)) elsewhere."
                )
            }
        }
        if let shifted = stress?.shifted, let own = subjectFigures?.accuracy.lower,
            let upper = shifted.accuracy.upper, upper < own
        {
            limits.append(
                "On \(shifted.source) it is right in \(FigureFormat.percent(shifted.accuracy.value)) only: its figures do "
                    + "not carry over to such texts.")
        }
        if seeds == nil, provenance.seeds.contains(where: { $0.name == "training" }) {
            limits.append("The student was trained from one seed; another would give somewhat other figures.")
        }
        return limits
    }

    private var labelLimits: [String] {
        var limits: [String] = []
        let absent = classes.filter { $0.support == 0 }
        if !absent.isEmpty {
            limits.append("No held-out row has \(Self.listed(absent)): nothing is known about it.")
        }
        let rare = classes.filter { (1..<30).contains($0.support) }
        if !rare.isEmpty {
            limits.append(
                "Fewer than 30 held-out rows have \(Self.listed(rare)): figures of such a label are rough.")
        }
        let neverGiven = classes.filter { $0.support > 0 && $0.predicted == 0 }
        if !neverGiven.isEmpty {
            limits.append("The student never answered \(Self.listed(neverGiven)).")
        }
        return limits
    }

    private static func listed(_ classes: [ClassFigures]) -> String { quoted(classes.map(\.label)) }

    /// "the label “a”", "the labels “a” and “b”" or "7 of the labels".
    private static func quoted(_ names: [String]) -> String {
        let names = names.map { "“\($0)”" }
        switch names.count {
        case 1: return "the label \(names[0])"
        case 2...3: return "the labels \(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
        default: return "\(FigureFormat.count(names.count)) of the labels"
        }
    }
}

extension ProvenanceFigures {
    /// "opened 5 times, 3 of them since the recipe last changed"; nil where it was opened once, or that is not known.
    var openings: String? {
        guard let all = heldOutOpenings, all > 1 else { return nil }
        guard let own = heldOutOpeningsOfRecipe else { return "opened \(FigureFormat.count(all)) times" }
        return own == all
            ? "opened \(FigureFormat.count(all)) times since the recipe last changed"
            : "opened \(FigureFormat.count(all)) times, \(FigureFormat.count(own)) of them since the recipe last changed"
    }
}

extension SliceFigures {
    /// The parts that are worse by more than chance.
    var found: [Slice] { slices.filter { $0.adjustedProbability < level && $0.accuracy.value < $0.restAccuracy } }
}
