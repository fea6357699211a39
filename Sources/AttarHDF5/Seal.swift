/// The first 512 bytes of every HDF5 file written here: a user block, which other readers skip.
///
/// It holds the length and the checksum of the rest as plain text, so that a truncated or damaged file is recognised
/// before libhdf5, which trusts its input, sees a byte of it.
enum Seal {
    static let bytes = 512
    private static let firstLine = "attar sealed HDF5 file, version 1"

    /// The user block for the `image` of a file, whose own first 512 bytes do not count.
    static func block(for image: UnsafeRawBufferPointer) -> [UInt8] {
        let text = """
            \(firstLine)
            length-bytes: \(image.count)
            crc-64-xz-of-bytes-after-512: \(hexadecimal(checksum(of: image)))

            """
        var block = Array(text.utf8)
        block.append(contentsOf: repeatElement(0, count: bytes - block.count))
        return block
    }

    /// Throws unless `file` is whole and unchanged.
    static func check(_ file: [UInt8], path: String) throws(HDF5Error) {
        guard !file.isEmpty else { throw .truncated(path: path, expectedBytes: nil, foundBytes: 0) }
        let magic = Array(firstLine.utf8)
        guard file.prefix(magic.count).elementsEqual(magic.prefix(file.count)) else { throw .notSealed(path: path) }
        guard file.count >= bytes else { throw .truncated(path: path, expectedBytes: nil, foundBytes: file.count) }
        let lines = file[..<bytes].prefix { $0 != 0 }.split(separator: UInt8(ascii: "\n"))
        guard lines.count == 3, let length = value(lines[1]).flatMap({ Int($0) }) else { throw .damaged(path: path) }
        guard length <= file.count else {
            throw .truncated(path: path, expectedBytes: length, foundBytes: file.count)
        }
        // The whole block is compared, so that a change anywhere in the file is an error.
        guard length == file.count, file.withUnsafeBytes({ block(for: $0) }).elementsEqual(file[..<bytes]) else {
            throw .damaged(path: path)
        }
    }

    private static func value(_ line: ArraySlice<UInt8>) -> String? {
        line.lastIndex(of: UInt8(ascii: " ")).map { String(decoding: line[($0 + 1)...], as: UTF8.self) }
    }

    private static func checksum(of image: UnsafeRawBufferPointer) -> UInt64 {
        CRC64.checksum(UnsafeRawBufferPointer(rebasing: image[bytes...]))
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
