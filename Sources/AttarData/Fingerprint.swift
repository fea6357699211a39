import Foundation

/// What earlier stages may know of held-out texts: enough to recognise copies, not enough to read them.
///
/// Per text it keeps a hash of the normalised form, a MinHash signature (Broder 1997) of its `Shingles`, and hashes of its
/// runs of eight words. No text and no label can be read from it.
package struct Fingerprint: Equatable, Sendable {
    /// The least Jaccard similarity of a copy, for short and for long texts. In a short text one changed word already makes
    /// another question or opinion, so there a copy must be closer.
    static let shortTextSimilarity = 0.85
    static let longTextSimilarity = 0.75
    /// Distinct shingles up to which a text is short, and from which on it is long; between them the bound falls evenly.
    static let shortTextShingles = 60.0
    static let longTextShingles = 120.0
    /// The share of a held-out text's word runs that a text must contain to count as a copy with something around it.
    static let containment = 0.5
    static let wordsPerRun = 8
    /// Fewer runs are too little evidence.
    static let leastRuns = 3

    private var exact: Set<UInt64> = []
    private var signatures: [MinHashSignature] = []
    /// Held-out texts by word run.
    private var runs: [UInt64: [Int32]] = [:]
    private var runCounts: [Int32] = []
    /// Signatures by band.
    private var bands: [UInt64: [Int32]] = [:]

    package init(heldOut texts: [String]) {
        for text in texts {
            let normalized = normalizedText(text)
            guard exact.insert(StableHash.hash(normalized)).inserted else { continue }
            let runs = Self.wordRuns(of: normalized)
            add(MinHashSignature(of: Shingles.of(normalized)), runs.count < Self.leastRuns ? [] : runs)
        }
    }

    /// Distinct texts that it stands for.
    package var count: Int { signatures.count }

    /// Whether `text` is a held-out text, or one with light edits, or has one within it.
    package func knows(_ text: String) -> Bool {
        let normalized = normalizedText(text)
        return exact.contains(StableHash.hash(normalized)) || knowsRuns(of: normalized)
            || knowsSimilar(Shingles.of(normalized))
    }

    private func knowsSimilar(_ shingles: [UInt64]) -> Bool {
        let signature = MinHashSignature(of: shingles)
        let required = Self.requiredSimilarity(shingleCount: shingles.count)
        var seen: Set<Int32> = []
        for key in signature.bandKeys {
            for candidate in bands[key] ?? [] where seen.insert(candidate).inserted {
                if signatures[Int(candidate)].similarity(to: signature) >= required { return true }
            }
        }
        return false
    }

    private func knowsRuns(of normalized: String) -> Bool {
        var hits: [Int32: Int] = [:]
        for run in Self.wordRuns(of: normalized) {
            for text in runs[run] ?? [] {
                hits[text, default: 0] += 1
                if Double(hits[text]!) >= Self.containment * Double(runCounts[Int(text)]) { return true }
            }
        }
        return false
    }

    private mutating func add(_ signature: MinHashSignature, _ wordRuns: [UInt64]) {
        let index = Int32(signatures.count)
        signatures.append(signature)
        for key in signature.bandKeys { bands[key, default: []].append(index) }
        runCounts.append(Int32(wordRuns.count))
        for run in wordRuns { runs[run, default: []].append(index) }
    }

    private static func requiredSimilarity(shingleCount: Int) -> Double {
        let position = (Double(shingleCount) - shortTextShingles) / (longTextShingles - shortTextShingles)
        return shortTextSimilarity + (longTextSimilarity - shortTextSimilarity) * min(max(position, 0), 1)
    }

    /// Hashes of all runs of words, each once, ascending.
    private static func wordRuns(of normalized: String) -> [UInt64] {
        let words = normalized.utf8.split(separator: UInt8(ascii: " "))
        guard words.count >= wordsPerRun else { return [] }
        let hashes = words.map { StableHash.hash(String(Substring($0))) }
        let runs = (0...words.count - wordsPerRun).map { start in
            var hash = StableHash(seed: 8)
            for word in hashes[start..<start + wordsPerRun] { hash.combine(word) }
            return hash.value
        }
        return Set(runs).sorted()
    }
}

extension Fingerprint: Codable {
    private enum CodingKeys: String, CodingKey {
        case version, exact, signatures, runs, runCounts
    }

    private static let version = 1

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        let exact = try container.decode(Data.self, forKey: .exact)
        let signatures = try container.decode(Data.self, forKey: .signatures)
        let runs = try container.decode(Data.self, forKey: .runs)
        let runCounts = try container.decode([Int].self, forKey: .runCounts)
        let signatureWords = Words(signatures)
        let runWords = Words(runs)
        guard version == Self.version, exact.count % 8 == 0, signatures.count % 8 == 0, runs.count % 8 == 0,
            runCounts.allSatisfy({ (0...1 << 32).contains($0) }),
            signatureWords.count == runCounts.count * MinHashSignature.bandCount,
            runWords.count == runCounts.reduce(0, +)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: container,
                debugDescription: "not a fingerprint of version \(Self.version), or its parts disagree")
        }
        self.exact = Set(Words(exact).all)
        var runOffset = 0
        for (index, count) in runCounts.enumerated() {
            let first = index * MinHashSignature.bandCount
            add(
                MinHashSignature(bands: Array(signatureWords.all[first..<first + MinHashSignature.bandCount])),
                Array(runWords.all[runOffset..<runOffset + count]))
            runOffset += count
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(Words(exact.sorted()).data, forKey: .exact)
        try container.encode(Words(signatures.flatMap(\.bands)).data, forKey: .signatures)
        var runsByText: [[UInt64]] = Array(repeating: [], count: signatures.count)
        for (run, texts) in runs { for text in texts { runsByText[Int(text)].append(run) } }
        try container.encode(Words(runsByText.flatMap { $0.sorted() }).data, forKey: .runs)
        try container.encode(runsByText.map(\.count), forKey: .runCounts)
    }
}

/// 64-bit numbers as little-endian bytes.
private struct Words {
    let all: [UInt64]
    var count: Int { all.count }

    init(_ all: [UInt64]) {
        self.all = all
    }

    init(_ data: Data) {
        all = data.withUnsafeBytes { buffer in
            (0..<buffer.count / 8).map {
                UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }

    var data: Data {
        all.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }
}
