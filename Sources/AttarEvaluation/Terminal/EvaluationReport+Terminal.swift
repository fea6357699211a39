extension EvaluationReport {
    /// The report as lines for a terminal: verdict, systems, differences, hardest labels, limits.
    package func terminalText(_ style: TerminalStyle = TerminalStyle()) -> String {
        var blocks: [[String]] = [
            ([verdict.sentence] + verdict.details).flatMap { style.wrapped($0) },
            systemsTable.lines(style),
        ]
        if let serving = servingTable { blocks.append(serving.lines(style)) }
        if !comparisons.isEmpty {
            blocks.append(TerminalTable(differences: mainComparisons, level: level).lines(style))
        }
        let hardest = hardestLabels
        if !hardest.rows.isEmpty { blocks.append(hardest.lines(style)) }
        if !notes.isEmpty {
            blocks.append(["Limits"] + notes.flatMap { note in bullet(note, style) })
        }
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var systemsTable: TerminalTable {
        TerminalTable(
            columns: [
                .init(name: "System", importance: 0, isText: true), .init(name: "Accuracy", importance: 0),
                .init(name: level, importance: 1), .init(name: "Macro-F1", importance: 3),
                .init(name: "Log loss", importance: 6), .init(name: "Calibration", importance: 5),
                .init(name: "Size", importance: 2), .init(name: "p50", importance: 2),
                .init(name: "p99", importance: 4),
                .init(name: "Per second", importance: 7),
            ],
            rows: systems.map { system in
                [
                    system.name == subject ? "▸ \(system.name)" : "  \(system.name)",
                    FigureFormat.percent(system.accuracy.value),
                    FigureFormat.percentRange(system.accuracy) ?? FigureFormat.missing,
                    FigureFormat.percent(system.macroF1.value),
                    system.logLoss.map { FigureFormat.decimal($0.value, 3) } ?? FigureFormat.missing,
                    system.calibrationError.map { FigureFormat.percent($0) } ?? FigureFormat.missing,
                    system.sizeBytes.map(FigureFormat.bytes) ?? FigureFormat.missing,
                    system.latency.map { FigureFormat.microseconds($0.p50Microseconds) } ?? FigureFormat.missing,
                    system.latency.map { FigureFormat.microseconds($0.p99Microseconds) } ?? FigureFormat.missing,
                    system.latency?.throughputPerSecond.map { FigureFormat.count(Int($0.rounded())) }
                        ?? FigureFormat.missing,
                ]
            })
    }

    /// Who answers queries, and what that takes; nil where only the student does.
    private var servingTable: TerminalTable? {
        let servers = cost?.serving ?? []
        guard servers.count > 1 || cascade != nil else { return nil }
        let named = Dictionary(servers.map { ($0.name, $0) }) { first, _ in first }
        let isAlone = servers.count < 2 && system(.teacher) == nil
        let names = servers.count < 2 ? ["student"] + (isAlone ? [] : ["teacher"]) + ["cascade"] : servers.map(\.name)
        return TerminalTable(
            columns: [
                .init(name: "Who answers", importance: 0, isText: true), .init(name: "Student’s share", importance: 1),
                .init(name: "Right", importance: 0), .init(name: "A query", importance: 3),
                .init(name: "1,000 queries", importance: 2), .init(name: "Paid after", importance: 4),
            ],
            rows: names.map { name in
                let server = Server(rawValue: name)
                let even = cost?.breakEven?.first { $0.system == name }
                return [
                    server?.title ?? name, share(of: server) ?? FigureFormat.missing,
                    (accuracy(of: server) ?? named[name]?.accuracy).map { FigureFormat.percent($0) }
                        ?? FigureFormat.missing,
                    named[name]?.latencyMicroseconds.map { FigureFormat.microseconds($0) } ?? FigureFormat.missing,
                    named[name]?.costPerThousand.map { FigureFormat.money($0, currency: cost?.currency ?? "") }
                        ?? FigureFormat.missing,
                    even.map { $0.queries.map { FigureFormat.queries($0) } ?? "never" } ?? FigureFormat.missing,
                ]
            })
    }

    private func share(of server: Server?) -> String? {
        switch server {
        case .student: FigureFormat.percent(1)
        case .teacher: FigureFormat.percent(0)
        case .cascade: cascade.map { FigureFormat.percent($0.coverage.value) }
        case nil: nil
        }
    }

    private func accuracy(of server: Server?) -> Double? {
        switch server {
        case .student: subjectFigures?.accuracy.value
        case .teacher: system(.teacher)?.accuracy.value
        case .cascade: cascade?.accuracy?.value
        case nil: nil
        }
    }

    private var hardestLabels: TerminalTable {
        let hardest = classes.filter { $0.support > 0 }.sorted { ($0.f1, $0.label) < ($1.f1, $1.label) }.prefix(5)
        return TerminalTable(
            columns: [
                .init(name: "Hardest labels", importance: 0, isText: true), .init(name: "Texts", importance: 1),
                .init(name: "Precision", importance: 2), .init(name: "Recall", importance: 2),
                .init(name: "F1", importance: 0), .init(name: "Taken for", importance: 3, isText: true),
            ],
            rows: classes.count < 2
                ? []
                : hardest.map { figures in
                    [
                        figures.label, FigureFormat.count(figures.support), FigureFormat.percent(figures.precision),
                        FigureFormat.percent(figures.recall.value), FigureFormat.percent(figures.f1),
                        figures.takenFor.map { "\($0) (\(figures.takenForRows))" } ?? "",
                    ]
                })
    }

    private func bullet(_ note: String, _ style: TerminalStyle) -> [String] {
        style.wrapped(note, indent: "  ").enumerated().map { place, line in
            place == 0 ? "- " + line.dropFirst(2) : line
        }
    }
}
