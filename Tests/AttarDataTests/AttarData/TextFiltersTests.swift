import AttarData
import Testing

@Suite struct TextFiltersTests {
    @Test(arguments: [
        ("two\nlines", FormatFlaw.severalLines), ("a <b>bold</b> claim", .markup), ("# Heading", .markup),
        ("**very** good", .markup), ("{\"review\": \"fine\"}", .markup), ("1. First of a list", .listNumber),
        ("(2) Second of a list", .listNumber), ("- Third of a list", .listNumber), ("• Fourth", .listNumber),
        ("The [product name] is great", .placeholder), ("Dear {name}, thanks", .placeholder),
        ("I bought <your product here> today", .placeholder), ("As an AI language model I cannot", .assistant),
        ("", .empty), ("…!?", .empty), ("bad \u{FFFD} bytes", .damaged), ("bell \u{7}", .damaged),
    ])
    func whatIsNoPlainLineIsTold(text: String, flaw: FormatFlaw) {
        #expect(formatFlaw(of: text) == flaw)
    }

    @Test(arguments: [
        "2 stars, would not buy again", "3.5 inches is too small", "5 < 6 and 7 > 3", "I <3 this", "e-mail me @ home",
        "#1 in my book", "well - it works", "100% fine (really)", "日本語の文です。", "👍👍", "[sic] as they say",
        "1990 was better",
        "I cannot recommend this", "cost $20.00!",
    ])
    func plainLinesPass(text: String) {
        #expect(formatFlaw(of: text) == nil)
    }

    private static let english = [
        "The kettle was late and the box that it came in had been opened.",
        "They have not answered my mail for a week.",
        "There is nothing to say but that this is what you want.",
    ]

    @Test func anotherLanguageOrScriptIsRefused() {
        let profile = LanguageProfile(samples: Self.english)
        // Words that are common in two languages say nothing.
        #expect(profile.fits("I need to do it, so I want to do it at once, he told me"))
        #expect(profile.fits("Customer service is amazing! I love to do yoga; I go to it, all in all I do"))
        #expect(profile.language == "en")
        #expect(profile.scripts == [.latin])
        for text in [
            "Der Kessel ist nicht zu gebrauchen und das Paket war offen.", "Это очень хороший чайник.",
            "Le colis est arrivé en retard et je ne suis pas content du tout avec ce vendeur.", "とても良いです",
            "El paquete llegó tarde y muy mal, pero la tienda no es para mí.",
        ] {
            #expect(!profile.fits(text), "\(text)")
        }
        for text in [
            "Meh.", "Great", "Café Zürich: über good", "12345", "👍", "Die Hard is the best film of the year",
            "best kettle ever", "Dr. Müller von der Klinik was kind to me and my mother",
        ] {
            #expect(profile.fits(text), "\(text)")
        }
    }

    @Test func otherLanguagesCanBeTheExpectedOne() {
        let german = LanguageProfile(samples: ["Das ist nicht schlecht und wird von mir auch sehr empfohlen."])
        #expect(german.language == "de")
        #expect(german.fits("Ich bin sehr zufrieden mit der Lieferung."))
        #expect(!german.fits("The delivery was late and they have not answered."))
        let japanese = LanguageProfile(samples: ["とても良い商品です。", "配送が遅かった"])
        #expect(japanese.language == nil)
        #expect(japanese.fits("すぐに壊れました"))
        #expect(!japanese.fits("It broke at once"))
        #expect(LanguageProfile(samples: []).fits("anything"))
    }

    @Test func echoesOfThePromptAreFound() {
        let echo = PromptEcho([
            "Write one short review of a product as a customer would write it in a shop.",
            "The kettle boils fast and looks good on the shelf.", "Meh.",
        ])
        #expect(echo.isEcho("the kettle boils fast and looks good on the shelf"))
        #expect(echo.isEcho("meh"))
        #expect(echo.isEcho("Sure: the kettle boils fast and looks good here"))
        #expect(echo.isEcho("one short review of a product as a customer"))
        #expect(!echo.isEcho("The kettle is fast but I would rather have a pot that looks good on my shelf"))
        #expect(!echo.isEcho(""))
    }

    @Test func balanceKeepsTheFirstOfEachLabel() {
        #expect(surplus(of: [0, 0, 1, 0, nil, 0], largestRatio: 2) == [false, false, false, true, false, true])
        #expect(surplus(of: [0, 1, 1, 1], largestRatio: 1) == [false, false, true, true])
        #expect(surplus(of: [nil, nil], largestRatio: 1) == [false, false])
        #expect(surplus(of: [], largestRatio: 1) == [])
    }

    @Test func eachFilterIsSwitchedByItselfAndCounted() {
        let texts = [
            "the kettle boils fast and looks good on the shelf", "The kettle boils fast and looks good on the shelf!",
            "the kettle boils fast and looks good on the shelves", "1. a list item that is long enough",
            "Der Kessel ist nicht gut und wird sehr heiß", "no", "write a review of a kettle in one line please",
            "another text about the lamp that was late", "the lid of the pot is loose and it leaks",
        ]
        let labels: [Int?] = [0, 0, 0, 1, 1, 1, 0, 0, 1]
        var filters = TextFilters()
        filters.format = false
        filters.exactCopies = false
        #expect(filters.flaws(of: texts, labels: labels).allSatisfy { $0 == nil })

        filters.format = true
        filters.exactCopies = true
        filters.language = LanguageProfile(samples: Self.english)
        filters.length = LengthBounds(characters: 5...200)
        filters.promptEcho = PromptEcho(["Write a review of a kettle in one line, please."])
        filters.nearCopySimilarity = 0.8
        filters.largestLabelRatio = 1
        let flaws = filters.flaws(of: texts, labels: labels)
        #expect(
            flaws == [nil, .exactCopy, .nearCopy, .format, .language, .length, .promptEcho, .surplus, nil])
        #expect(flaws.counts.map(\.count) == [1, 1, 1, 1, 1, 1, 1])
        #expect(flaws.counts.map(\.flaw) == TextFlaw.allCases)
    }

    /// Removing what a filter names leaves nothing that it would name again.
    @Test func whatIsLeftStays() {
        var generator = SeededGenerator(seed: 71)
        var texts = (0..<400).map { _ in Samples.sentence(words: 2...12, using: &generator) }
        texts += texts.prefix(100).map { $0 + " " + Samples.word(using: &generator) } + texts.prefix(50)
        let labels: [Int?] = texts.map { _ in [0, 0, 0, 1, 2].randomElement(using: &generator)! }
        var filters = TextFilters()
        filters.nearCopySimilarity = 0.8
        filters.largestLabelRatio = 1.5
        let flaws = filters.flaws(of: texts, labels: labels)
        let rows = texts.indices.filter { flaws[$0] == nil }
        #expect(flaws.counts.count >= 3)
        #expect(filters.flaws(of: rows.map { texts[$0] }, labels: rows.map { labels[$0] }).allSatisfy { $0 == nil })
    }
}
