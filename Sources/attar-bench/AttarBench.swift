import ArgumentParser

/// Measures the training engine.
@main
struct AttarBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attar-bench",
        abstract: "Measures matrix products and training steps on this machine.",
        discussion: """
            Figures are medians. They mean something on a machine that does nothing else. scripts/bench runs it beside \
            PyTorch.
            """,
        subcommands: [
            ProductCommand.self, StepCommand.self, EpochCommand.self, BagCommand.self, AllCommand.self,
            CurveCommand.self, ModelCommand.self, EvaluationCommand.self, CascadeCommand.self, RoundsCommand.self,
        ])
}

/// attar-bench all
struct AllCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "all", abstract: "Every measurement.")

    @OptionGroup var options: BenchOptions
    @OptionGroup var datasets: DatasetOptions

    func run() throws {
        let products = try ProductBench(options).run()
        let steps = try StepBench(options).run()
        let epoch = try datasets.folder.map { try EpochBench(options, folder: $0).run() }
        let bag = try datasets.folder.map { try BagBench(options, folder: $0).run() }
        try options.show(AllFigures(gemm: products, steps: steps, epoch: epoch, bag: bag))
    }
}

private struct AllFigures: Figures {
    let gemm: ProductFigures
    let steps: StepFigures
    let epoch: EpochFigures?
    let bag: BagFigures?

    var lines: [String] {
        var lines = gemm.lines + [""] + steps.lines + [""]
        guard let epoch, let bag else {
            return lines + ["epoch, bag: left out, for want of a folder of data sets (--datasets or ATTAR_DATASETS)"]
        }
        lines += epoch.lines + [""] + bag.lines
        return lines
    }
}
