import Foundation

/// JSON with the numbers as base64: little-endian, 64 bits each.
extension Fingerprint: Codable {
    private enum CodingKeys: String, CodingKey {
        case version, exact, edits, signatures, shingleCounts, runs, runCounts, words
    }

    private static let version = 2

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func numbers(_ key: CodingKeys) throws -> [UInt64] { try container.decode(Data.self, forKey: key).numbers }
        let version = try container.decode(Int.self, forKey: .version)
        let (exact, edits) = (try numbers(.exact), try numbers(.edits))
        let (signatures, runs) = (try numbers(.signatures), try numbers(.runs))
        let shingleCounts = try container.decode([Int].self, forKey: .shingleCounts)
        let runCounts = try container.decode([Int].self, forKey: .runCounts)
        let shares = try container.decode([UInt16].self, forKey: .words)
        guard version == Self.version, shingleCounts.count == runCounts.count,
            shingleCounts.allSatisfy({ $0 > 0 }), runCounts.allSatisfy({ (0...runs.count).contains($0) }),
            signatures.count == runCounts.count * MinHashSignature.bandCount, runs.count == runCounts.reduce(0, +),
            shares.isEmpty || shares.count == WordDistribution.bucketCount
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: container,
                debugDescription: "not a fingerprint of version \(Self.version), or its parts disagree")
        }
        var sketches: [Sketch] = []
        var firstRun = 0
        for (index, (shingleCount, runCount)) in zip(shingleCounts, runCounts).enumerated() {
            let first = index * MinHashSignature.bandCount
            sketches.append(
                Sketch(
                    signature: MinHashSignature(
                        bands: Array(signatures[first..<first + MinHashSignature.bandCount])),
                    shingleCount: shingleCount, runs: Array(runs[firstRun..<firstRun + runCount])))
            firstRun += runCount
        }
        self.init(
            exact: Set(exact), edits: Set(edits), sketches: sketches, words: WordDistribution(shares: shares))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(Data(numbers: exact.sorted()), forKey: .exact)
        try container.encode(Data(numbers: edits.sorted()), forKey: .edits)
        try container.encode(Data(numbers: sketches.flatMap(\.signature.bands)), forKey: .signatures)
        try container.encode(sketches.map(\.shingleCount), forKey: .shingleCounts)
        try container.encode(Data(numbers: sketches.flatMap(\.runs)), forKey: .runs)
        try container.encode(sketches.map(\.runs.count), forKey: .runCounts)
        try container.encode(words?.shares ?? [], forKey: .words)
    }
}

extension Data {
    fileprivate init(numbers: [UInt64]) {
        self = numbers.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }

    /// Throws unless they are whole.
    fileprivate var numbers: [UInt64] {
        get throws {
            guard count % 8 == 0 else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: [], debugDescription: "\(count) bytes are not whole 64-bit numbers"))
            }
            return withUnsafeBytes { buffer in
                (0..<buffer.count / 8).map {
                    UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
                }
            }
        }
    }
}
