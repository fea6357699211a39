import AttarHDF5
import AttarTraining
import Testing

@Suite("Bits of runs that have not changed")
struct SameBitsTests {
    /// What a user's earlier run gave, so that the same recipe goes on giving the same model file.
    private static let checksums: [(hidden: Int, soft: Bool, adagrad: Bool, dropout: Float, checksum: UInt64)] = [
        (0, false, false, 0, 7_052_127_990_480_653_056),
        (0, false, true, 0.2, 5_227_723_550_625_329_136),
        (33, true, false, 0.2, 9_746_570_488_077_846_159),
        (17, true, true, 0, 4_075_937_217_618_522_603),
    ]

    @Test("a short run of the bag student gives the parameters that it always gave", arguments: 0..<4)
    func shortRun(index: Int) throws {
        let run = Self.checksums[index]
        let fixture = TrainingFixture(examples: 130, soft: run.soft)
        let settings = TrainerSettings.small(
            batch: 40, tableOptimizer: run.adagrad ? .adagrad(peakLearningRate: 0.1) : .shared, threads: 2)
        let trainer = try fixture.trainer(
            fixture.student(hidden: run.hidden, dropout: run.dropout), settings: settings, soft: run.soft)
        let losses = try trainer.run(epochs: 3).map(\.bitPattern)
        let bits = losses + trainer.bits.joined()
        #expect(bits.withUnsafeBytes { CRC64.checksum($0) } == run.checksum)
    }
}
