import AttarRuntime
import CAttarTrainingKernels

/// The bytes of a model file, open for surgery: sections can be changed and the checksums made right again.
struct ModelBytes {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A file of these sections, in this order.
    init(sections: [(kind: UInt32, bytes: [UInt8])]) {
        bytes = ModelFile.magic + [UInt8](repeating: 0, count: ModelFile.headerBytes - ModelFile.magic.count)
        bytes += [UInt8](repeating: 0, count: sections.count * ModelFile.entryBytes)
        pad()
        set(UInt32(ModelFile.majorVersion), at: 8)
        set(UInt32(sections.count), at: 12)
        for (index, section) in sections.enumerated() {
            let entry = ModelFile.headerBytes + index * ModelFile.entryBytes
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

    var sections: [(kind: UInt32, bytes: [UInt8])] {
        (0..<sectionCount).map { index in
            let entry = ModelFile.headerBytes + index * ModelFile.entryBytes
            let start = Int(u32(entry + 8))
            return (u32(entry), Array(bytes[start..<(start + Int(u32(entry + 16)))]))
        }
    }

    var sectionCount: Int { Int(u32(12)) }

    /// The file with one section changed.
    func changing(_ section: ModelFile.Section, _ change: (inout [UInt8]) -> Void) -> ModelBytes {
        var sections = sections
        for index in sections.indices where sections[index].kind == section.rawValue { change(&sections[index].bytes) }
        return ModelBytes(sections: sections)
    }

    /// Makes all checksums right.
    mutating func repair() {
        for index in 0..<sectionCount {
            let entry = ModelFile.headerBytes + index * ModelFile.entryBytes
            let (start, padded) = (Int(u32(entry + 8)), Int(u32(entry + 24)))
            guard start + padded <= bytes.count else { continue }
            set(attar_crc32c(0, Array(bytes[start..<(start + padded)]), padded), at: entry + 4)
        }
        repairHeader()
    }

    /// Makes the checksum of the header and the table right.
    mutating func repairHeader() {
        set(0, at: 24)
        let head = Array(bytes.prefix(ModelFile.headerBytes + sectionCount * ModelFile.entryBytes))
        set(attar_crc32c(0, head, head.count), at: 24)
    }

    func u32(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) } }

    mutating func set(_ value: UInt32, at: Int) { bytes.set(value, at: at) }

    private mutating func pad() { bytes += [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64) }
}

extension [UInt8] {
    mutating func set(_ value: UInt32, at: Int) {
        for byte in 0..<4 { self[at + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
    }
}
