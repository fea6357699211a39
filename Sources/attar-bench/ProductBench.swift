import ArgumentParser
import AttarRuntime
import AttarTraining
import CAttarKernels

/// attar-bench gemm
struct ProductCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gemm",
        abstract: "Float matrix products of linear layers, forward and backward, beside the processor's peak.")

    @OptionGroup var options: BenchOptions

    func run() throws { try options.show(ProductBench(options).run()) }
}

/// Float matrix products at the shapes of linear layers: [rows, inner] · [outputs, inner]ᵀ and the two transposed forms
/// of its backward pass. With several threads each takes its share of the rows, as training does; a weight gradient is
/// then one a thread.
struct ProductBench {
    private static let shapes: [(rows: Int, outputs: Int, inner: Int)] = [
        (2048, 512, 128), (2048, 1024, 256), (1024, 1024, 1024), (512, 1536, 384),
    ]

    private let options: BenchOptions
    private let kernels: TrainingKernels

    init(_ options: BenchOptions) throws {
        self.options = options
        kernels = try TrainingKernels()
    }

    func run() throws -> ProductFigures {
        let rows = try options.threadCounts.flatMap { threads in
            let pool = WorkerPool(threads: threads)
            return try Self.shapes.map { shape in
                try measure(shape.rows, shape.outputs, shape.inner, pool: pool)
            }
        }
        return ProductFigures(kernels: kernels.kernels.name, products: rows)
    }

    private func measure(_ rows: Int, _ outputs: Int, _ inner: Int, pool: WorkerPool) throws -> ProductFigures.Product {
        let threads = pool.threads
        let parts = (0..<threads).map { part in
            ProductOperands(rows: (part + 1) * rows / threads - part * rows / threads, outputs: outputs, inner: inner)
        }
        let peak = PeakWork(threads: threads)
        let forms: [(opcode: Opcode, call: (ProductOperands) -> attar_call)] = [
            (.linearFloat32, \.forward), (.linearInputGradient, \.inputGradient),
            (.linearWeightGradient, \.weightGradient),
        ]
        let works = try forms.map { form in
            KernelWork(try kernels.kernels.kernel(for: form.opcode), parts.map(form.call))
        }
        let operations = 2.0 * Double(rows) * Double(outputs) * Double(inner)
        let repeats = max(1, Int(1e9 / operations))
        for work in works { pool.run(work, parts: threads) }
        var (peaks, rates): ([Double], [[Double]]) = ([], forms.map { _ in [] })
        withExtendedLifetime(parts) {
            for _ in 0..<options.runs {
                let time = seconds { pool.run(peak, parts: threads) }
                peaks.append(peak.operations / time)
                for (index, work) in works.enumerated() {
                    let time = seconds { for _ in 0..<repeats { pool.run(work, parts: threads) } }
                    rates[index].append(operations * Double(repeats) / time)
                }
            }
        }
        func figure(_ index: Int) -> ProductFigures.Form {
            // Neighbours in time are compared: clocks change.
            let shares = zip(rates[index], peaks).map { $0 / $1 }
            return ProductFigures.Form(gigaflops: median(rates[index]) * 1e-9, shareOfPeak: median(shares))
        }
        return ProductFigures.Product(
            threads: threads, rows: rows, outputs: outputs, inner: inner, peakGigaflops: median(peaks) * 1e-9,
            forward: figure(0), inputGradient: figure(1), weightGradient: figure(2))
    }
}

struct ProductFigures: Figures {
    struct Form: Encodable {
        let gigaflops, shareOfPeak: Double

        var text: String { gigaflops.text(1, width: 8) + " " + (100 * shareOfPeak).text(0, width: 3) + " %" }
    }

    struct Product: Encodable {
        let threads, rows, outputs, inner: Int
        /// Of all its threads together.
        let peakGigaflops: Double
        let forward, inputGradient, weightGradient: Form
    }

    let kernels: String
    let products: [Product]

    var lines: [String] {
        let head = [
            "Matrix products in GFLOP/s and share of the peak that fused multiply-adds reach (\(kernels))",
            "threads    (M, N, K)              peak       forward  input gradient weight gradient",
        ]
        return head
            + products.map { product in
                let shape = "(\(product.rows), \(product.outputs), \(product.inner))".padded(to: 19)
                return product.threads.text(width: 7) + "    " + shape + product.peakGigaflops.text(1, width: 8) + "  "
                    + [product.forward, product.inputGradient, product.weightGradient].map(\.text)
                    .joined(separator: "  ")
            }
    }
}
