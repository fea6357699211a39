import AttarGraph
import AttarRuntime
import AttarTestSupport
import Foundation
import Testing

@Suite("Verification")
struct VerificationTests {
    private func open(_ file: ModelBytes) throws -> ModelFile {
        let memory = FileMemory(file.bytes)
        return try ModelFile(bytes: memory.bytes, owner: memory)
    }

    private static let model = 0..<10

    @Test("passes on every instruction set, whichever made the certificate", arguments: model)
    func passes(form: Int) throws {
        let model = try ModelMutator.models()[form]
        var files: Set<[UInt8]> = []
        for maker in Kernels.availableNames {
            let bytes = try model.certifiedBytes(kernels: Kernels(named: maker))
            files.insert(bytes)
            let file = try open(ModelBytes(bytes))
            for checker in Kernels.availableNames {
                #expect(try file.verify(kernels: Kernels(named: checker)) == .passed(cases: 9))
            }
            #expect(try file.verify() == .passed(cases: 9))
        }
        // The same bits from everywhere, so the same file.
        #expect(files.count == 1)
    }

    @Test("names the first instruction that reads a weight which changed", arguments: model)
    func changedWeights(form: Int) throws {
        let model = try ModelMutator.models()[form]
        let file = ModelBytes(try model.certifiedBytes(kernels: Kernels()))
        var start = 0
        for (buffer, bytes) in zip(model.program.parameters, model.parameters) {
            defer { start += (bytes.count + 63) / 64 * 64 }
            // Every float, or every scale, so that no text misses them all.
            let shape = model.program.buffers[buffer]
            let areFloats = [.float32, .float32Panels].contains(shape.type)
            let count = areFloats ? bytes.count / 4 : shape.rows.fixed
            let changed = file.changing(.parameters) { parameters in
                for float in 0..<count { parameters[start + 4 * float + 2] ^= 0x40 }
            }
            let reader = try #require(model.program.instructions.firstIndex { $0.operands.contains(buffer) })
            guard case .instructionDiffers(_, let instruction, let opcode) = try open(changed).verify() else {
                Issue.record("\(shape.name) changed, and nothing differs")
                continue
            }
            #expect(instruction == reader)
            #expect(opcode == model.program.instructions[reader].opcode)
        }
    }

    @Test("says what differs: the bytes, the features, a probability")
    func differences() throws {
        let certified = ModelBytes(try SmallModel().certifiedBytes(kernels: Kernels()))
        // Checksums right, the hash not.
        var altered = certified
        altered.bytes[ModelFile.hashRange.lowerBound] ^= 1
        altered.repairHeader()
        #expect(try open(altered).verify() == .altered)
        // The scale of words: first seen in the second text, for the first is empty.
        let scaled = certified.changing(.featurizer) { $0.set(Float(1.5).bitPattern, at: 24) }
        #expect(try open(scaled).verify() == .featuresDiffer(case: 1))
        // The last case, the last label.
        var last: (UInt32, UInt32) = (0, 0)
        let other = certified.changing(.certificate) { bytes in
            let bits = ModelBytes(bytes).u32(bytes.count - 4)
            last = (bits ^ 1, bits)
            bytes[bytes.count - 4] ^= 1
        }
        #expect(
            try open(other).verify() == .probabilityDiffers(case: 8, label: 2, expected: last.0, found: last.1))
        #expect(try open(ModelBytes(SmallModel().bytes)).verify() == .noCertificate)
    }

    @Test("uses texts of every sort, and cut off ones", arguments: [0, 9])
    func texts(form: Int) throws {
        let model = try ModelMutator.models()[form]
        let file = try open(ModelBytes(model.certifiedBytes(kernels: Kernels())))
        let cases = try #require(file.certificate?.cases)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: cases.map(\.textBytes).max() ?? 1)
        defer { memory.deallocate() }
        let texts = cases.map { Array($0.text(in: memory)) }
        #expect(texts.contains([]))
        #expect(texts.contains { String(validating: $0, as: UTF8.self) == nil && $0.contains(0) })
        let foreign = texts.compactMap { String(validating: $0, as: UTF8.self) }
            .filter { $0.unicodeScalars.contains { $0.value > 0x3000 } }
        #expect(!foreign.isEmpty)
        #expect(texts.contains { $0.count > file.featurizer.maximumBytes })
        #expect(Set(texts.map(\.count)).count > 6)
        #expect(try ModelBytes(model.certifiedBytes(kernels: Kernels()))[section: .certificate].count < 20_000)
    }
}
