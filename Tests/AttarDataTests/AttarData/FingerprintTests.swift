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

    /// Writing without spaces: a changed letter is found in short texts and in long ones.
    @Test(arguments: [20, 200, 300, 3000]) func changedLettersAreKnownWithoutSpaces(_ letters: Int) {
        var generator = SeededGenerator(seed: 57)
        func letter() -> UnicodeScalar { UnicodeScalar(UInt32.random(in: 0x4E00...0x6E00, using: &generator))! }
        let texts = (0..<20).map { _ in (0..<letters).map { _ in letter() } }
        func string(_ scalars: [UnicodeScalar]) -> String { String(String.UnicodeScalarView(scalars)) }
        let fingerprint = Fingerprint(heldOut: texts.map(string))
        for text in texts {
            var edited = text
            edited[letters / 2] = letter()
            #expect(fingerprint.knows(string(edited)))
            #expect(!fingerprint.knows(string(text.shuffled(using: &generator))))
        }
    }

    /// One edit of a word, or of a letter, is found whatever the edit and however short the text may be.
    @Test(arguments: [7, 8, 12, 25, 60])
    func oneEditIsAlwaysKnown(words count: Int) {
        var generator = SeededGenerator(seed: 54)
        let texts = (0..<200).map { _ in Samples.sentence(words: count...count, using: &generator) }
        let fingerprint = Fingerprint(heldOut: texts)
        for text in texts {
            var words = text.split(separator: " ").map(String.init)
            let index = Int.random(in: words.indices, using: &generator)
            var edits = [words, words, words, words, words]
            edits[0][index] = Samples.word(using: &generator)
            edits[1].remove(at: index)
            edits[2].insert(Samples.word(using: &generator), at: index)
            edits[3].shuffle(using: &generator)
            words[index] = String(words[index].dropLast()) + "x"
            edits[4] = words
            // Longer than that, the order of many words is more than a light edit.
            for (kind, edit) in edits.enumerated() where kind != 3 || count <= EditLimits.mostWords {
                #expect(fingerprint.knows(edit.joined(separator: " ")))
            }
        }
    }

    @Test func oneLetterInAShortTextIsKnown() {
        let fingerprint = Fingerprint(heldOut: ["Card swallowed by machine", "top up failed"])
        for text in [
            "Card swalowed by machine", "Card swallowed bymachine", "card swallowed by machime", "topup failed",
            "top up faield",
        ] {
            #expect(fingerprint.match(text) == .edited, "\(text)")
        }
        #expect(!fingerprint.knows("Card swallowed by me"), "another text")
    }

    @Test func reasonsAreTold() {
        let text = "the delivery came two days late and nobody at the shop could say where it had been"
        let fingerprint = Fingerprint(heldOut: [text])
        #expect(fingerprint.match(text.capitalized + "!") == .exact)
        #expect(fingerprint.match(text.replacing("two", with: "three")) == .edited)
        #expect(fingerprint.match("as I wrote, " + text + "; and so I sent it back on monday morning") == .contained)
        let twice = text.replacing("delivery", with: "deliveries").replacing("could say", with: "could ever say")
        #expect(fingerprint.match(twice) == .similar)
        #expect(fingerprint.match("the parcel came today and I am glad") == nil)
    }

    /// Texts that repeat one word share all their runs.
    @Test func repeatedWordsAreNoEvidence() {
        let mentions = String(repeating: "@user ", count: 14)
        let fingerprint = Fingerprint(heldOut: [mentions + "so proud of this young team"])
        #expect(!fingerprint.knows(mentions + "where does the last train leave tonight"))
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
                key == "version" ? 1 : key.hasSuffix("Counts") ? [1, 2, -3] : Data([1, 2, 3]).base64EncodedString()
            let wrong = try JSONSerialization.data(withJSONObject: broken)
            #expect(throws: (any Error).self) { try JSONDecoder().decode(Fingerprint.self, from: wrong) }
        }
    }
}

private enum EditLimits {
    static let mostWords = 32
}
