extension EvaluationReport {
    /// report.md: a model card under the headings that readers of model cards expect. It quotes no text of the data.
    package func markdown() -> String {
        let card = ModelCard(report: self)
        let parts: [(title: String, content: Prose)] = [
            ("Model details", card.details), ("Intended use", card.intendedUse), ("How to use", card.howToUse),
            ("Training data", card.trainingData), ("Training procedure", card.trainingProcedure),
            ("Evaluation", card.evaluation), ("Cost and speed", card.cost),
            ("Risks and limitations", card.limitations), ("Licence", card.licence), ("Provenance", card.provenance),
        ]
        var text: Prose = "# \(recipe.name)\n\n**\(verdict.sentence)**\n\n"
        text += .list(verdict.details)
        for part in parts where !part.content.text.isEmpty { text += "## \(part.title)\n\n\(part.content)" }
        text += "*Made by attar. Intervals hold the true figure in \(level) of repetitions.*\n"
        return text.text
    }
}

/// The parts of report.md.
struct ModelCard {
    let report: EvaluationReport

    var details: Prose {
        let subject = report.subjectFigures
        var rows = [
            ["Task", report.recipe.task.replacing("-", with: " ")],
            ["Labels", listed(report.labels)],
        ]
        if let description = report.recipe.description { rows.insert(["Description", description], at: 0) }
        if let teacher = report.system(.teacher)?.name ?? report.spending?.teacher {
            rows.append(["Teacher", teacher])
        }
        if let bytes = subject?.sizeBytes { rows.append(["Size", FigureFormat.bytes(bytes)]) }
        if let format = report.quantization.first(where: \.isChosen) { rows.append(["Stored as", format.format]) }
        if let hash = report.provenance.modelHash { rows.append(["SHA-256", hash]) }
        rows += report.provenance.versions.map { [$0.name, $0.value] }
        return .table(["Model", report.subject], rows)
    }

    var intendedUse: Prose {
        var text: Prose = .paragraph(
            "It gives one of \(FigureFormat.count(report.labels.count)) labels to a text, with a probability. It is meant for "
                + "texts of the kind it was trained and judged on; on others its figures do not hold.")
        if let cascade = report.cascade, cascade.answersAny {
            text += .paragraph(
                "It is meant to answer what it is sure of and to leave the rest to its teacher: "
                    + "\(FigureFormat.percent(cascade.coverage.value)) of the held-out texts it answers by itself.")
            text += .list(Verdict.details(of: cascade, in: report))
        }
        text += .paragraph(
            "Not meant for: texts in other languages or about other things than the training data, decisions about people "
                + "without a person who looks at them, and labels that are not in the list.")
        return text
    }

    var howToUse: Prose {
        var text: Prose = "```sh\nattar predict model.attar \"a text\"\n```\n\n"
        if report.cascade?.answersAny == true {
            text += .paragraph(
                "With the option --cascade texts below its threshold go to the teacher. The threshold is in the model file."
            )
        }
        return text
    }

    var limitations: Prose { .list(report.notes) }

    var licence: Prose {
        let rows = report.provenance.licences.map { [$0.name, $0.licence, $0.source ?? ""] }
        guard !rows.isEmpty else { return .none }
        var text: Prose = .table(["Made from", "Licence", "Source"], rows)
        text += .paragraph("The terms of the model itself are for its maker to choose, within these.")
        return text
    }

    var provenance: Prose {
        let provenance = report.provenance
        var rows: [[String]] = []
        for (name, value) in [
            ("Recipe", provenance.recipeHash), ("Dataset", provenance.datasetHash),
            ("Held-out data", provenance.heldOutHash), ("Machine of the latencies", provenance.machine),
        ] {
            if let value { rows.append([name, value]) }
        }
        if provenance.heldOutOpenings != nil {
            rows.append(["Use of the held-out data", provenance.openings ?? "opened once, for this report"])
        }
        return .table(["What", "Value"], rows)
    }

    private func listed(_ labels: [String]) -> String {
        let shown = labels.prefix(20).joined(separator: ", ")
        return labels.count > 20 ? "\(FigureFormat.count(labels.count)): \(shown), …" : shown
    }
}
