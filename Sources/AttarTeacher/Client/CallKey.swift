import Crypto
import Foundation

/// What an answer is bought for. Part of the key: an answer bought for evaluation never serves as a training label.
package enum CallPurpose: String, Sendable, Codable, CaseIterable { case training, evaluation }

/// One paid-for unit: a request, what for, and which of several draws of it.
package struct TeacherCall: Sendable, Hashable {
    package var request: CompletionRequest
    package var purpose: CallPurpose
    /// Tells repeated draws of one sampled request apart; 0 where there is one.
    package var draw: Int

    package init(request: CompletionRequest, purpose: CallPurpose, draw: Int = 0) {
        self.request = request
        self.purpose = purpose
        self.draw = draw
    }
}

/// SHA-256 over purpose, draw and the canonical request. The endpoint's address is no part of it, the model's name is.
package struct CallKey: Sendable, Hashable, CustomStringConvertible {
    package let bytes: Data

    package init(_ call: TeacherCall) {
        self.init(canonicalRequest: call.request.canonicalJSON(), purpose: call.purpose, draw: call.draw)
    }

    init(canonicalRequest: Data, purpose: CallPurpose, draw: Int) {
        var hash = SHA256()
        hash.update(data: Data("attar call 1\n\(purpose.rawValue)\n\(draw)\n".utf8))
        hash.update(data: canonicalRequest)
        bytes = Data(hash.finalize())
    }

    /// `nil` unless there are 32 bytes.
    init?(bytes: Data) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    /// `nil` unless there are 64 hexadecimal digits.
    init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
        guard digits.count == 2 * SHA256.byteCount, text.utf8.count == digits.count else { return nil }
        bytes = Data(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// The first eight bytes as a number, for draws that belong to this call.
    var seed: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
