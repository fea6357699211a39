import AttarRuntime
import CAttarKernels

/// The bytes of a model file, open for surgery: sections can be changed and the checksums made right again.
package struct ModelBytes {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A file of these sections, in this order.
    package init(sections: [(kind: UInt32, bytes: [UInt8])]) {
        bytes = ModelFile.magic + [UInt8](repeating: 0, count: ModelFile.headerBytes - ModelFile.magic.count)
        bytes += [UInt8](repeating: 0, count: sections.count * ModelFile.entryBytes)
        pad()
        set(UInt32(ModelFile.majorVersion), at: 8)
        set(UInt32(sections.count), at: 12)
        for (index, section) in sections.enumerated() {
            let entry = Self.entry(index)
            set(section.kind, at: entry)
            set(UInt32(bytes.count), at: entry + 8)
            set(UInt32(section.bytes.count), at: entry + 16)
            set(UInt32((section.bytes.count + 63) / 64 * 64), at: entry + 24)
            bytes += section.bytes
            pad()
        }
        set(UInt32(bytes.count), at: 16)
        repair()
    }

    package var sections: [(kind: UInt32, bytes: [UInt8])] {
        (0..<sectionCount).map { index in
            let entry = Self.entry(index)
            let start = Int(u32(entry + 8))
            return (u32(entry), Array(bytes[start..<(start + Int(u32(entry + 16)))]))
        }
    }

    package var sectionCount: Int { Int(u32(12)) }

    /// Where the entry of a section stands in the table.
    package static func entry(_ section: Int) -> Int { ModelFile.headerBytes + section * ModelFile.entryBytes }

    /// The bytes of one section.
    package subscript(section section: ModelFile.Section) -> [UInt8] {
        sections.first { $0.kind == section.rawValue }?.bytes ?? []
    }

    /// The file with one section changed.
    package func changing(_ section: ModelFile.Section, _ change: (inout [UInt8]) -> Void) -> ModelBytes {
        var sections = sections
        for index in sections.indices where sections[index].kind == section.rawValue { change(&sections[index].bytes) }
        return ModelBytes(sections: sections)
    }

    /// Makes all checksums and the hash right.
    package mutating func repair() {
        for index in 0..<sectionCount {
            let entry = Self.entry(index)
            let (start, padded) = (Int(u32(entry + 8)), Int(u32(entry + 24)))
            guard start + padded <= bytes.count else { continue }
            set(checksum(start..<(start + padded)), at: entry + 4)
        }
        bytes.replaceSubrange(ModelFile.hashRange, with: bytes.withUnsafeBytes(ModelFile.hash(of:)))
        repairHeader()
    }

    /// Makes the checksum of the header and the table right.
    package mutating func repairHeader() {
        set(0, at: ModelFile.checksumRange.lowerBound)
        let end = min(Self.entry(sectionCount), bytes.count)
        set(checksum(0..<end), at: ModelFile.checksumRange.lowerBound)
    }

    package func u32(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) } }

    package mutating func set(_ value: UInt32, at: Int) { bytes.set(value, at: at) }

    private func checksum(_ range: Range<Int>) -> UInt32 {
        bytes[range].withUnsafeBytes { attar_crc32c(0, $0.baseAddress, $0.count) }
    }

    private mutating func pad() { bytes += [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64) }
}

extension [UInt8] {
    package mutating func set(_ value: UInt32, at: Int) {
        for byte in 0..<4 { self[at + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
    }
}
