// The figures at the top of the page.
extension HTMLReport {
    var tiles: Markup {
        guard let subject = report.subjectFigures else { return .none }
        return """
            <dl class="tiles\(report.cascade == nil ? "" : " many")">\(cascadeTiles)\(accuracyTile(subject))\(teacherTile(subject))\(sizeTile(subject))\
            \(timeTile(subject))\(priceTile)\(calibrationTile(subject))</dl>
            """
    }

    private var cascadeTiles: Markup {
        guard let cascade = report.cascade, cascade.answersAny, let measured = cascade.measured else { return .none }
        var tiles = tile(
            "Answers by itself", FigureFormat.percent(cascade.coverage.value, decimals: 0),
            "of texts; the rest needs the teacher", isLead: true)
        tiles += tile(
            cascade.isAboutTeacher ? "As the teacher, of those" : "Right, of those",
            FigureFormat.percent(measured.value),
            !cascade.isGuaranteed
                ? "not guaranteed"
                : cascade.isDoubtful
                    ? "fitted for \(cascade.guarantee), not to be trusted on these texts"
                    : "promised: \(cascade.guarantee)", isLead: true)
        if let both = cascade.accuracy {
            tiles += tile(
                "Student and teacher", FigureFormat.percent(both.value), "right, when the rest is left to the teacher")
        }
        return tiles
    }

    private func accuracyTile(_ subject: SystemFigures) -> Markup {
        let range = FigureFormat.percentRange(subject.accuracy, by: " and ").map {
            "between \($0) with \(report.level) confidence"
        }
        return tile(
            report.cascade == nil ? "Accuracy" : "Student alone", FigureFormat.percent(subject.accuracy.value),
            "right" + (range.map { ", \($0)" } ?? " of held-out texts"), isLead: report.cascade == nil)
    }

    private func teacherTile(_ subject: SystemFigures) -> Markup {
        guard let teacher = report.system(.teacher),
            let ratio = report.comparison(subject.name, teacher.name)?.accuracyRatio
        else {
            return tile(
                "Macro-F1", FigureFormat.percent(subject.macroF1.value), "every label counts the same, however rare")
        }
        let range = FigureFormat.percentRange(ratio).map { " (\($0))" } ?? ""
        return tile(
            "Kept of the teacher", FigureFormat.percent(ratio.value, decimals: 0),
            "student’s accuracy as a share of the teacher’s\(range)")
    }

    private func sizeTile(_ subject: SystemFigures) -> Markup {
        guard let bytes = subject.sizeBytes else { return .none }
        let smaller = report.system(.teacher)?.sizeBytes.map {
            "\(FigureFormat.factor(Double($0) / Double(max(1, bytes)))) smaller than the teacher"
        }
        return tile("Model file", FigureFormat.bytes(bytes), smaller ?? "all that has to be shipped")
    }

    private func timeTile(_ subject: SystemFigures) -> Markup {
        guard let latency = subject.latency else { return .none }
        let faster = report.system(.teacher)?.latency.map {
            FigureFormat.factor($0.p50Microseconds / max(latency.p50Microseconds, 0.001)) + " faster than the teacher"
        }
        let late = "99 of 100 within \(FigureFormat.microseconds(latency.p99Microseconds, digits: 2))"
        return tile(
            "One prediction", FigureFormat.microseconds(latency.p50Microseconds, digits: 2),
            [late, faster].compactMap { $0 }.joined(separator: "; "))
    }

    private var priceTile: Markup {
        guard let cost = report.cost else { return .none }
        let amount = { (price: Double) in FigureFormat.money(price, currency: cost.currency) }
        guard let teacher = cost.serving(.teacher)?.costPerThousand ?? cost.teacherPerThousand else { return .none }
        if let server = [Server.cascade, .student].first(where: { cost.serving($0)?.costPerThousand != nil }),
            let price = cost.serving(server)?.costPerThousand
        {
            let even = cost.breakEven?.first { $0.system == server.rawValue }?.queries
            let pays = even.map { "; has paid after \(FigureFormat.queries($0)) queries" } ?? ""
            return tile(
                server == .cascade ? "1,000 queries, both" : "1,000 queries", amount(price),
                "the teacher alone: \(amount(teacher))\(pays)")
        }
        let own = cost.studentPerThousand.map { "; the student: \(amount($0))" } ?? ""
        return tile("Teacher per 1,000", amount(teacher), "answers, at the recipe’s prices\(own)")
    }

    private func calibrationTile(_ subject: SystemFigures) -> Markup {
        guard report.cascade == nil, let error = subject.calibrationError else { return .none }
        return tile(
            "Calibration error", "\(FigureFormat.decimal(error * 100, 1))\(FigureFormat.space)points",
            subject.isMiscalibrated == false
                ? "no more than chance gives a calibrated model on so many texts"
                : "how far its confidence is from being right, on average")
    }

    private func tile(_ name: String, _ figure: String, _ meaning: String, isLead: Bool = false) -> Markup {
        let parts = figure.split(separator: "\u{A0}", maxSplits: 1)
        let unit: Markup = parts.count == 2 ? " <span class=\"unit\">\(String(parts[1]))</span>" : .none
        return """
            <div class="tile\(isLead ? " lead" : "")"><dt>\(name)</dt><dd><span class="figure">\
            \(parts.first.map(String.init) ?? figure)\(unit)</span><span class="means">\(meaning)</span></dd></div>
            """
    }
}
