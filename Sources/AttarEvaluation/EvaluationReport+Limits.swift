extension EvaluationReport {
    /// What the figures do not tell, as far as they show it themselves.
    var limits: [String] {
        var limits: [String] = []
        if let subject = subjectFigures, let lower = subject.accuracy.lower, let upper = subject.accuracy.upper {
            limits.append(
                "\(FigureFormat.count(heldOutRows)) held-out rows tell the student’s accuracy to "
                    + "±\(FigureFormat.decimal((upper - lower) * 50, 1)) points, for texts of the same kind only.")
        }
        if let openings = provenance.heldOutOpenings, openings > 1 {
            limits.append(
                "The held-out data has been opened \(openings) times. Choices made after looking at it make its figures "
                    + "look better than new texts will.")
        }
        if let teacher = system(.teacher), teacher.unanswered > 0 {
            limits.append(
                "The teacher answered \(FigureFormat.count(teacher.answered)) of \(FigureFormat.count(heldOutRows)) "
                    + "held-out rows; it is judged, and compared, on those only.")
        }
        limits += labelLimits
        if let error = subjectFigures?.calibrationError, error > 0.05, subjectFigures?.isMiscalibrated == true {
            limits.append(
                "The student’s probabilities are off by \(FigureFormat.decimal(error * 100, 1)) points on average: "
                    + "do not read them as the chance of being right.")
        }
        if let contaminated = data?.contaminated, contaminated > 0 {
            limits.append(
                "\(FigureFormat.count(contaminated)) training rows were also in the held-out data, and were dropped "
                    + "from training.")
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

    /// "the label “a”", "the labels “a” and “b”" or "7 of the labels".
    private static func listed(_ classes: [ClassFigures]) -> String {
        let names = classes.map { "“\($0.label)”" }
        switch names.count {
        case 1: return "the label \(names[0])"
        case 2...3: return "the labels \(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
        default: return "\(FigureFormat.count(names.count)) of the labels"
        }
    }
}
