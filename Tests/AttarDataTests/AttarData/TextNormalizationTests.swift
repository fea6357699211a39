import AttarData
import Testing

@Suite struct TextNormalizationTests {
    @Test(arguments: [
        ("Hello,   World!", "hello world"), ("  a\n\tb  ", "a b"), ("Don't", "dont"), ("don’t", "dont"),
        ("ÉCOLE", "école"), ("e\u{301}cole", "école"), ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"), ("wait… what?", "wait what"),
        ("«quoted» — dash", "quoted dash"), ("zero\u{200B}width", "zerowidth"), ("great 😀!", "great 😀"),
        ("STRASSE straße", "strasse straße"), ("", ""), ("  ", ""), (" ?! ", "?!"), ("日本語。", "日本語"),
        ("1,000.50", "1 000 50"),
    ])
    func caseSpaceAndPunctuationDoNotMatter(text: String, expected: String) {
        #expect(normalizedText(text) == expected)
    }

    @Test func normalizingTwiceChangesNothing() {
        for text in Samples.hostileTexts {
            let once = normalizedText(text)
            #expect(normalizedText(once) == once)
        }
    }

    @Test func moodsOfNothingButPunctuationStayApart() {
        #expect(normalizedText("!!!") != normalizedText("???"))
        #expect(normalizedText("good 😀") != normalizedText("good 😡"))
    }
}
