import Crypto
import Foundation

/// What an answer is bought for. Part of the key: an answer bought for evaluation never serves as a training label.
package enum CallPurpose: String, Sendable, Codable, CaseIterable {
    case training, evaluation
    /// To find out what the endpoint can do.
    case probe
}

/// One paid-for unit: a request, what for, and which of several draws of it.
package struct TeacherCall: Sendable, Hashable {
    package var request: CompletionRequest
    package var purpose: CallPurpose
    /// Tells repeated draws of one sampled request apart; 0 where there is one.
    package var draw: Int
    /// Keep the endpoint's whole answer, in place of the first choice's text and first tokens.
    package var keepsBody: Bool
    /// The text that the call asks about, by which an imported recording without prompts can answer it.
    package var subject: String?

    package init(
        request: CompletionRequest, purpose: CallPurpose, draw: Int = 0, keepsBody: Bool = false,
        subject: String? = nil
    ) {
        self.request = request
        self.purpose = purpose
        self.draw = draw
        self.keepsBody = keepsBody
        self.subject = subject
    }
}

/// SHA-256 over purpose, draw and the canonical request. The endpoint's address is no part of it, the model's name is.
package struct CallKey: Sendable, Hashable, CustomStringConvertible {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(_ call: TeacherCall) {
        self.init(
            canonicalRequest: call.request.canonicalJSON(), purpose: call.purpose, draw: call.draw,
            keepsBody: call.keepsBody)
    }

    init(canonicalRequest: Data, purpose: CallPurpose, draw: Int, keepsBody: Bool) {
        let kind = keepsBody ? "attar call with body 1" : "attar call 1"
        var hash = SHA256()
        hash.update(data: Data("\(kind)\n\(purpose.rawValue)\n\(draw)\n".utf8))
        hash.update(data: canonicalRequest)
        self.init(hash)
    }

    /// The key of an imported label for a text, whatever the prompt was. Spaces and line breaks do not tell texts apart.
    package init(recordedSubject text: String, model: String, purpose: CallPurpose) {
        var hash = SHA256()
        hash.update(data: Data("attar recorded label 1\n\(purpose.rawValue)\n\(model)\n\(oneLine(text))".utf8))
        self.init(hash)
    }

    private init(_ hash: SHA256) {
        self.init(words: hash.finalize().withUnsafeBytes { Self.words(of: $0) })
    }

    private init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// `nil` unless there are 32 bytes.
    init?(bytes: Data) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.init(words: bytes.withUnsafeBytes { Self.words(of: $0) })
    }

    /// `nil` unless there are 64 hexadecimal digits.
    init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
        guard digits.count == 2 * SHA256.byteCount, text.utf8.count == digits.count else { return nil }
        self.init(bytes: Data(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }))
    }

    private static func words(of bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        return (word(0), word(1), word(2), word(3))
    }

    package var bytes: Data {
        var data = Data(capacity: SHA256.byteCount)
        for word in [words.0, words.1, words.2, words.3] {
            withUnsafeBytes(of: word.bigEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// The first eight bytes as a number, for draws that belong to this call.
    var seed: UInt64 { words.0 }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    package static func == (left: CallKey, right: CallKey) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
