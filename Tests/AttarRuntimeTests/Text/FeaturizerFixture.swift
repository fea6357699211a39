import AttarRuntime
import Testing

/// The features of one text.
struct Features: Equatable {
    var ids: [UInt32]
    var weights: [Float]
}

extension NGramFeaturizer {
    /// Features of a text; records an issue where they are more than promised or lie outside the table.
    func features(of text: [UInt8]) -> Features {
        let most = mostFeatures(bytes: text.count)
        let slack = 1024
        let untouched: UInt32 = 0xDEAD_BEEF
        var ids = [UInt32](repeating: untouched, count: most + slack)
        var weights = [Float](repeating: .nan, count: most + slack)
        let scratch = NGramScratch(for: self)
        let count = text.withUnsafeBufferPointer { text in
            ids.withUnsafeMutableBufferPointer { ids in
                weights.withUnsafeMutableBufferPointer { weights in
                    guard let ids = ids.baseAddress, let weights = weights.baseAddress else { return -1 }
                    return featurize(text, scratch: scratch, ids: ids, weights: weights).count
                }
            }
        }
        #expect((0...most).contains(count), "\(count) features of \(text.count) bytes, at most \(most) are promised")
        #expect(ids.dropFirst(most).allSatisfy { $0 == untouched })
        let found = Features(ids: Array(ids.prefix(count)), weights: Array(weights.prefix(count)))
        #expect(found.ids.allSatisfy { Int($0) < rows })
        #expect(found.weights.allSatisfy { $0.isFinite })
        return found
    }

    func features(of text: String) -> Features { features(of: Array(text.utf8)) }
}

extension TokenFeaturizer {
    /// Tokens of a text; records an issue where they are more than promised or lie outside the table.
    func tokens(of text: String) -> (ids: [UInt32], isTruncated: Bool) {
        let bytes = Array(text.utf8)
        let most = mostTokens(bytes: bytes.count)
        var ids = [UInt32](repeating: .max, count: most + 8)
        let scratch = NGramScratch(for: .tokens(self))
        let found = bytes.withUnsafeBufferPointer { bytes in
            ids.withUnsafeMutableBufferPointer { ids in
                ids.baseAddress.map { featurize(bytes, scratch: scratch, ids: $0) } ?? (count: 0, isTruncated: false)
            }
        }
        #expect(found.count <= most && ids[most...].allSatisfy { $0 == .max })
        #expect(ids.prefix(found.count).allSatisfy { $0 < vocabulary })
        return (Array(ids.prefix(found.count)), found.isTruncated)
    }
}
