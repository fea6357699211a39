import AttarData
import Foundation
import Testing

@Suite struct FingerprintTests {
    private let heldOut: [String]
    private let unrelated: [String]
    private let fingerprint: Fingerprint

    init() {
        var generator = SeededGenerator(seed: 51)
        heldOut = (0..<500).map { _ in Samples.sentence(words: 12...40, using: &generator) }
        unrelated = (0..<3000).map { _ in Samples.sentence(words: 3...40, using: &generator) }
        fingerprint = Fingerprint(heldOut: heldOut)
    }

    @Test func copiesInAnotherDressAreKnown() {
        for text in heldOut {
            #expect(fingerprint.knows(text))
            #expect(fingerprint.knows(text.uppercased()))
            #expect(fingerprint.knows("  “" + text.replacingOccurrences(of: " ", with: ",  ") + "”!!"))
        }
    }

    @Test func lightEditsAreKnown() {
        var generator = SeededGenerator(seed: 52)
        var missed = 0
        for text in heldOut {
            var words = text.split(separator: " ").map(String.init)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: words[Int.random(in: words.indices, using: &generator)] += "s"
            case 1: words.remove(at: Int.random(in: words.indices, using: &generator))
            case 2: words.insert("really", at: Int.random(in: words.indices, using: &generator))
            default: words.swapAt(3, 4)
            }
            if !fingerprint.knows(words.joined(separator: " ")) { missed += 1 }
        }
        #expect(missed <= heldOut.count / 50)
    }

    @Test func aHeldOutTextWithinALongerOneIsKnown() {
        var generator = SeededGenerator(seed: 53)
        for text in heldOut {
            let before = Samples.sentence(words: 10...60, using: &generator)
            let after = Samples.sentence(words: 10...60, using: &generator)
            #expect(fingerprint.knows("\(before) \(text). \(after)"))
        }
    }

    @Test func unrelatedTextsAreKept() {
        #expect(unrelated.count { fingerprint.knows($0) } == 0)
    }

    @Test func aShortTextWithAnotherMeaningIsKept() {
        let fingerprint = Fingerprint(heldOut: ["Where is my card?", "How do I cancel a transfer?", "", "ok"])
        for text in ["Where is my cash?", "How do I make a transfer?", "Where is it?", "okay then", "no"] {
            #expect(!fingerprint.knows(text))
        }
        #expect(fingerprint.knows("where is my card"))
        #expect(fingerprint.knows("OK!"))
    }

    @Test func itComesBackFromJSON() throws {
        let data = try JSONEncoder().encode(fingerprint)
        let back = try JSONDecoder().decode(Fingerprint.self, from: data)
        #expect(back == fingerprint)
        #expect(heldOut.allSatisfy(back.knows))
        #expect(!unrelated.contains(where: back.knows))
    }

    @Test func itHoldsNoText() throws {
        let texts = ["Remarkable verbosity notwithstanding, extraordinary craftsmanship shines throughout everything."]
        let json = String(decoding: try JSONEncoder().encode(Fingerprint(heldOut: texts)), as: UTF8.self).lowercased()
        for word in normalizedText(texts[0]).split(separator: " ") where word.count > 5 {
            #expect(!json.contains(word))
            #expect(!json.contains(Data(word.utf8).base64EncodedString().lowercased().prefix(6)))
        }
    }

    @Test func brokenJSONIsRefused() throws {
        let data = try JSONEncoder().encode(Fingerprint(heldOut: Array(heldOut.prefix(3))))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for key in object.keys {
            var broken = object
            broken[key] = nil
            let missing = try JSONSerialization.data(withJSONObject: broken)
            #expect(throws: (any Error).self) { try JSONDecoder().decode(Fingerprint.self, from: missing) }
            broken[key] =
                key == "version" ? 2 : key == "runCounts" ? [1, 2, -3] : Data([1, 2, 3]).base64EncodedString()
            let wrong = try JSONSerialization.data(withJSONObject: broken)
            #expect(throws: (any Error).self) { try JSONDecoder().decode(Fingerprint.self, from: wrong) }
        }
    }
}
