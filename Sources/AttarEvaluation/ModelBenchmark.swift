import AttarRuntime
import AttarStatistics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a model file costs where it runs: time to open, time a prediction, throughput, memory, energy.
package struct ModelBenchmark: Codable, Sendable {
    /// Times of single predictions on one thread, in microseconds.
    package struct Times: Codable, Sendable {
        package let p50, p90, p99, p999: Double

        init(_ microseconds: [Double]) {
            func at(_ share: Double) -> Double { quantile(share, of: microseconds) ?? 0 }
            (p50, p90, p99, p999) = (at(0.5), at(0.9), at(0.99), at(0.999))
        }
    }

    package struct Throughput: Codable, Sendable {
        package let threads, batch: Int
        package let predictionsPerSecond: Double
    }

    package let modelBytes: Int
    /// "avx512", …
    package let kernels: String
    package let texts, samples: Int
    package let meanTextBytes: Double
    /// Opening and checking a file that the system has in memory, and the first prediction after it: medians.
    package let openMicroseconds, firstPredictionMicroseconds: Double
    package let fromText: Times
    /// The program alone, on the features or tokens of a text.
    package let fromFeatures: Times
    package let throughput: [Throughput]
    /// What a classifier takes beyond the file.
    package let workingBytes: Int
    /// How much the resident memory of this process grew by opening the file and predicting; nil where the system does not tell.
    package let residentBytes: Int?
    /// Of the processor's package while one thread predicts; nil where the machine does not tell.
    package let microjoulesPerPrediction: Double?

    /// - Parameters:
    ///   - texts: at least one.
    ///   - samples: single predictions that are timed; as many go into each figure of throughput, at least.
    ///   - threads: most threads.
    package init(
        path: String, texts: [String], samples: Int = 20_000, threads: Int, kernels: Kernels
    ) throws(ModelFileError) {
        precondition(!texts.isEmpty && samples > 0 && threads > 0)
        let bytes = texts.map { Array($0.utf8) }
        let before = residentMemoryBytes()
        let file = try ModelFile(path: path)
        let classifier = try Classifier(file, kernels: kernels)
        var sum = Float(0)
        for text in bytes.prefix(1000) { sum += text.withUnsafeBufferPointer { classifier.probabilities(of: $0)[0] } }
        residentBytes = residentMemoryBytes().flatMap { after in before.map { after - $0 } }

        var (opens, firsts) = ([Double](), [Double]())
        for round in 0..<25 {
            let start = monotonicTime()
            let fresh = try Classifier(ModelFile(path: path), kernels: kernels)
            let opened = monotonicTime()
            sum += bytes[round % bytes.count].withUnsafeBufferPointer { fresh.probabilities(of: $0)[0] }
            opens.append((opened - start).microseconds)
            firsts.append((monotonicTime() - opened).microseconds)
        }
        openMicroseconds = quantile(0.5, of: opens) ?? 0
        firstPredictionMicroseconds = quantile(0.5, of: firsts) ?? 0

        var generator = SplitMix64(seed: 1)
        let order = generator.shuffled(Array(bytes.indices))
        var (whole, program) = ([Double](), [Double]())
        for step in -min(samples, 1000)..<samples {
            bytes[order[(step + samples) % order.count]].withUnsafeBufferPointer { text in
                let start = monotonicTime()
                sum += classifier.probabilities(of: text)[0]
                let middle = monotonicTime()
                sum += classifier.probabilitiesAgain()[0]
                let end = monotonicTime()
                guard step >= 0 else { return }
                whole.append((middle - start).microseconds)
                program.append((end - middle).microseconds)
            }
        }
        (fromText, fromFeatures) = (Times(whole), Times(program))

        let energy = ProcessorEnergy()
        for step in 0..<samples {
            sum += bytes[order[step % order.count]].withUnsafeBufferPointer { classifier.probabilities(of: $0)[0] }
        }
        microjoulesPerPrediction = energy?.microjoules.map { $0 / Double(samples) }

        var rates: [Throughput] = []
        for count in threads > 1 ? [1, threads] : [1] {
            for batch in [1, 16] {
                rates.append(try Self.throughput(file, bytes, samples, threads: count, batch: batch, kernels: kernels))
            }
        }
        throughput = rates
        workingBytes = try Classifier.workingBytes(file)
        modelBytes = file.bytes
        self.kernels = kernels.name
        self.texts = texts.count
        self.samples = samples
        meanTextBytes = Double(bytes.reduce(0) { $0 + $1.count }) / Double(bytes.count)
        withExtendedLifetime(sum) {}
    }

    /// The median of five runs over all texts, each as often as makes `samples` predictions.
    private static func throughput(
        _ file: ModelFile, _ texts: [[UInt8]], _ samples: Int, threads: Int, batch: Int, kernels: Kernels
    ) throws(ModelFileError) -> Throughput {
        let classifier = try BatchClassifier(file, threads: threads, batch: batch, kernels: kernels)
        let views = texts.map { text in
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
            _ = copy.initialize(from: text)
            return copy
        }
        defer { for view in views { view.deallocate() } }
        let firsts = UnsafeMutablePointer<Float>.allocate(capacity: samples)
        defer { firsts.deallocate() }
        var rates: [Double] = []
        for _ in 0..<5 {
            let start = monotonicTime()
            classifier.predict(
                count: samples, text: { UnsafeBufferPointer(views[$0 % views.count]) },
                take: { firsts[$0] = $1[0] })
            rates.append(Double(samples) / ((monotonicTime() - start).microseconds * 1e-6))
        }
        return Throughput(threads: threads, batch: batch, predictionsPerSecond: quantile(0.5, of: rates) ?? 0)
    }
}

extension ModelBenchmark {
    /// For people.
    package var lines: [String] {
        func times(_ name: String, _ times: Times) -> String {
            "\(name): p50 \(microseconds(times.p50)), p90 \(microseconds(times.p90)), p99 \(microseconds(times.p99)), "
                + "p99.9 \(microseconds(times.p999))"
        }
        var lines = [
            "model: \(modelBytes) bytes, kernels \(kernels)",
            "texts: \(texts) of \(Int(meanTextBytes.rounded())) bytes on average; \(samples) predictions a figure",
            "open and check: \(microseconds(openMicroseconds)); first prediction: \(microseconds(firstPredictionMicroseconds))",
            times("from text", fromText), times("program alone", fromFeatures),
        ]
        for rate in throughput {
            lines.append(
                "throughput, \(rate.threads) thread\(rate.threads > 1 ? "s" : ""), batches of \(rate.batch): "
                    + "\(Int(rate.predictionsPerSecond.rounded())) predictions/s")
        }
        let resident = residentBytes.map { ", resident memory grew by \($0 / 1024) KiB" } ?? ""
        lines.append("memory: \(workingBytes / 1024) KiB beyond the file\(resident)")
        lines.append(
            "energy: "
                + (microjoulesPerPrediction.map { "\(microjoules($0)) a prediction" } ?? "this machine does not tell"))
        return lines
    }

    private func microseconds(_ value: Double) -> String { "\((value * 100).rounded() / 100) µs" }
    private func microjoules(_ value: Double) -> String { "\((value * 10).rounded() / 10) µJ" }
}

/// Bytes of this process in memory; nil where the system does not tell.
private func residentMemoryBytes() -> Int? {
    guard let text = contents(of: "/proc/self/statm") else { return nil }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
}

/// The energy counter of the processor's package (Linux powercap, RAPL).
struct ProcessorEnergy {
    private static let path = "/sys/class/powercap/intel-rapl:0/energy_uj"
    private let start: Double

    init?() {
        guard let start = Self.read() else { return nil }
        self.start = start
    }

    private static func read() -> Double? {
        contents(of: path).flatMap { Double($0.split(separator: "\n").first ?? "") }
    }

    /// Since the counter was first read; nil where it started again from zero.
    var microjoules: Double? { Self.read().flatMap { $0 >= start ? $0 - start : nil } }
}

/// A small file of the system; nil where it cannot be read.
private func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
}
