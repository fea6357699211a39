import AttarGraph
import AttarRuntime
import AttarTestSupport
import Testing

@Suite("A damaged model file")
struct DamagedFileTests {
    private let bytes: [UInt8]

    init() throws { bytes = try SmallModel().certifiedBytes(kernels: Kernels()) }

    private func refusal(of bytes: [UInt8]) throws -> ModelFileError? {
        let memory = FileMemory(bytes)
        do throws(ModelFileError) { _ = try ModelFile(bytes: memory.bytes, owner: memory) } catch { return error }
        return nil
    }

    @Test("is refused wherever it was cut off, or with anything behind it")
    func cutOff() throws {
        for length in bytes.indices {
            let error = try refusal(of: Array(bytes.prefix(length)))
            if length < ModelFile.headerBytes {
                #expect(error == .tooShort(bytes: length))
            } else {
                #expect(error == .sizeMismatch(expected: bytes.count, found: length))
            }
        }
        for extra in [1, 63, 64, 4096] {
            let error = try refusal(of: bytes + [UInt8](repeating: 0, count: extra))
            #expect(error == .sizeMismatch(expected: bytes.count, found: bytes.count + extra))
        }
    }

    @Test("is refused whichever single bit flipped")
    func bitFlips() throws {
        var accepted: [Int] = []
        for bit in 0..<(bytes.count * 8) {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            if try refusal(of: flipped) == nil { accepted.append(bit) }
        }
        #expect(accepted.isEmpty)
    }

    @Test("is refused with a run of its bytes zeroed, or two blocks swapped")
    func lostBlocks() throws {
        var random = SeededRandom(seed: 8)
        for _ in 0..<500 {
            var damaged = bytes
            let start = random.below(bytes.count - 64)
            if random.happens(0.5) {
                let end = start + random.whole(in: 1...64)
                damaged.replaceSubrange(start..<end, with: [UInt8](repeating: 0, count: end - start))
            } else {
                let other = random.below(bytes.count - 64)
                for offset in 0..<32 where start + offset != other + offset {
                    damaged[start + offset] = bytes[other + offset]
                }
            }
            guard damaged != bytes else { continue }
            #expect(try refusal(of: damaged) != nil)
        }
    }

    @Test("of another version is refused, a newer minor version or an unknown section is not")
    func versions() throws {
        var newer = ModelBytes(bytes)
        newer.set(2, at: 8)
        newer.repair()
        #expect(try refusal(of: newer.bytes) == .unsupportedVersion(major: 2, minor: 0))
        newer.set(1 | 7 << 16, at: 8)
        newer.repair()
        #expect(try refusal(of: newer.bytes) == nil)
        let extended = ModelBytes(sections: ModelBytes(bytes).sections + [(kind: 77, bytes: [1, 2, 3])])
        #expect(try refusal(of: extended.bytes) == nil)
    }

    @Test("with a section missing, twice or out of place is refused")
    func sectionTable() throws {
        let sections = ModelBytes(bytes).sections
        for section in ModelFile.Section.allCases where section != .certificate && section != .decision {
            let without = ModelBytes(sections: sections.filter { $0.kind != section.rawValue })
            #expect(try refusal(of: without.bytes) == .missingSection(section))
            let twice = ModelBytes(sections: sections + sections.filter { $0.kind == section.rawValue })
            #expect(try refusal(of: twice.bytes) == .sectionTwice(kind: section.rawValue))
        }
        for entry in 0..<sections.count {
            // Metadata may take a byte of its padding.
            let isMetadata = sections[entry].kind == ModelFile.Section.metadata.rawValue
            for field in [8, 12, 16, 20, 24, 28] where !(isMetadata && field == 16) {
                for change in [1, 64, UInt32.max, 1 << 31] {
                    var moved = ModelBytes(bytes)
                    let at = ModelFile.headerBytes + entry * ModelFile.entryBytes + field
                    moved.set(moved.u32(at) &+ change, at: at)
                    // Only the table's own checksum: its entries point anywhere.
                    moved.repairHeader()
                    #expect(try refusal(of: moved.bytes) != nil)
                }
            }
        }
        // A bit of the header's last bytes is ignored but covered by the checksum.
        var reserved = ModelBytes(bytes)
        reserved.bytes[60] = 1
        #expect(try refusal(of: reserved.bytes) == .headerDamaged)
        reserved.repair()
        #expect(try refusal(of: reserved.bytes) == nil)
        for count in [0, 33, UInt32.max] {
            var other = ModelBytes(bytes)
            other.set(count, at: 12)
            #expect(try refusal(of: other.bytes) == .sectionCount(Int(count)))
        }
    }

    @Test("is refused with anything between its sections or behind them")
    func strayBytes() throws {
        // An odd number of sections: a gap follows their table.
        let file = ModelBytes(sections: ModelBytes(bytes).sections + [(kind: 77, bytes: [1])])
        func changed(_ change: (inout ModelBytes) -> Void) throws -> ModelFileError? {
            var copy = file
            change(&copy)
            copy.repair()
            return try refusal(of: copy.bytes)
        }
        let count = file.sectionCount
        #expect(count % 2 == 1)
        let tableEnd = ModelBytes.entry(count)
        #expect(try changed { $0.bytes[tableEnd] = 1 } == .gapNotZero)
        // The first section ends with padding.
        let first = ModelBytes.entry(0)
        let (kind, start, size) = (file.u32(first), Int(file.u32(first + 8)), Int(file.u32(first + 16)))
        #expect(try changed { $0.bytes[start + size] = 1 } == .paddingNotZero(kind: kind))
        #expect(try changed { $0.set(UInt32(start + 64), at: first + 8) } == .sectionMisplaced(kind: kind))
        #expect(try changed { $0.set(UInt32(size + 64), at: first + 16) } == .sectionMisplaced(kind: kind))
        #expect(try changed { $0.set(.max, at: first + 20) } == .sectionMisplaced(kind: kind))
        #expect(
            try changed {
                $0.bytes += [UInt8](repeating: 0, count: 64)
                $0.set(UInt32($0.bytes.count), at: 16)
            } == .bytesAfterSections(count: 64))
        // A table that would not fit a file of this size.
        var short = ModelBytes(Array(file.bytes.prefix(128)))
        short.set(128, at: 16)
        #expect(try refusal(of: short.bytes) == .tableBeyondEnd(sections: count))
    }

    @Test("is refused before a section is read that is larger than it may be")
    func largeSection() throws {
        let size = 1 << 22
        let labels = [UInt8](repeating: 0, count: size)
        let sections = ModelBytes(bytes).sections.map { section in
            section.kind == ModelFile.Section.labels.rawValue ? (section.kind, labels) : section
        }
        #expect(try refusal(of: ModelBytes(sections: sections).bytes) == .bytesLeftOver(.labels, count: size - 4))
        let larger = sections.map { $0.1.count == size ? ($0.0, $0.1 + [0]) : $0 }
        let kind = ModelFile.Section.labels.rawValue
        #expect(
            try refusal(of: ModelBytes(sections: larger).bytes) == .sectionTooLarge(kind: kind, bytes: size + 1))
    }

    @Test("is refused where it does not stand at a multiple of 64")
    func alignment() throws {
        let memory = FileMemory([UInt8](repeating: 0, count: 8) + bytes)
        let shifted = UnsafeRawBufferPointer(rebasing: memory.bytes[8...])
        #expect(throws: ModelFileError.notAligned) { try ModelFile(bytes: shifted, owner: memory) }
        #expect(throws: ModelFileError.tooShort(bytes: 0)) {
            try ModelFile(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}
