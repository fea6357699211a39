import AttarGraph
import AttarRuntime
import CAttarKernels

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    // Exactly as large as the input, so that the sanitizer sees every read behind it.
    let file = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: ModelFile.alignment)
    defer { file.deallocate() }
    file.copyBytes(from: UnsafeRawBufferPointer(start: data, count: size))
    // Readers ignore the last bytes of the header: they steer the test.
    if size >= ModelFile.headerBytes {
        if file[60] == 0 { repair(file) }
        _ = Victim.run(UnsafeRawBufferPointer(file), kernels: tables[Int(file[61]) % tables.count])
    } else {
        _ = Victim.run(UnsafeRawBufferPointer(file), kernels: tables[0])
    }
    return 0
}

private let tables: [Kernels] = Kernels.availableNames.compactMap { try? Kernels(named: $0) }

/// Makes the numbers right that no random change gets right: size, places of the sections, checksums.
private func repair(_ file: UnsafeMutableRawBufferPointer) {
    func u32(_ at: Int) -> UInt32 { file.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
    func set(_ value: Int, at: Int) { file.storeBytes(of: UInt64(value), toByteOffset: at, as: UInt64.self) }
    func set(_ value: UInt32, at: Int) { file.storeBytes(of: value, toByteOffset: at, as: UInt32.self) }

    file.copyBytes(from: ModelFile.magic)
    set(file.count, at: 16)
    let count = Int(u32(12))
    let tableEnd = ModelFile.headerBytes + count % 33 * ModelFile.entryBytes
    guard count <= 32, tableEnd <= file.count else { return }
    var offset = min((tableEnd + 63) / 64 * 64, file.count)
    for byte in tableEnd..<offset { file[byte] = 0 }
    for entry in stride(from: ModelFile.headerBytes, to: tableEnd, by: ModelFile.entryBytes) {
        let room = file.count - offset
        let size = min(Int(u32(entry + 16)), room)
        let padded = min((size + 63) / 64 * 64, room)
        for byte in (offset + size)..<(offset + padded) { file[byte] = 0 }
        set(attar_crc32c(0, file.baseAddress.map { $0 + offset }, padded), at: entry + 4)
        set(offset, at: entry + 8)
        set(size, at: entry + 16)
        set(padded, at: entry + 24)
        offset += padded
    }
    for byte in ModelFile.hashRange { file[byte] = 0 }
    for (byte, value) in zip(ModelFile.hashRange, ModelFile.hash(of: UnsafeRawBufferPointer(file))) {
        file[byte] = value
    }
    set(0, at: ModelFile.checksumRange.lowerBound)
    set(attar_crc32c(0, file.baseAddress, tableEnd), at: ModelFile.checksumRange.lowerBound)
}
