import AttarRuntime
import CAttarTrainingKernels
import Testing

/// What a function of the table left behind under each instruction set must be the same bits; gives those bits.
func onEveryInstructionSet(
    _ label: String, _ run: (attar_training_kernel_table) throws -> [[Float]]
) throws -> [[Float]] {
    func bits(_ arrays: [[Float]]) -> [UInt32] { arrays.flatMap { $0.map(\.bitPattern) } }
    var first: [[Float]]?
    for name in Kernels.availableNames {
        let table = try #require(attar_training_kernels_select(name)).pointee
        let result = try run(table)
        let same = first == nil || bits(first ?? []) == bits(result)
        #expect(same, "\(label): \(name) differs")
        first = first ?? result
    }
    return first ?? []
}
