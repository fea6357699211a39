import AttarData
import AttarTestSupport
import Testing

@Suite("Scrubbing of personal data")
struct ScrubberTests {
    private let scrubber = Scrubber(Scrubber.Kind.allCases)

    @Test(arguments: [
        ("Write to jane.doe+x@mail.example.co.uk.", "Write to [EMAIL]."),
        ("Müller@käse.de schrieb", "[EMAIL] schrieb"),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF", "IBAN [IBAN] BIC COBADEFF"),
        ("gb82west12345698765432", "[IBAN]"),
        ("3 of 7 4111 1111 1111 1111 12", "3 of 7 [CARD] 12"),
        ("Karte 4111 1111 1111 1111, bitte", "Karte [CARD], bitte"),
        ("DE89-3704-0044-0532-0130-00, bitte", "[IBAN], bitte"),
        ("5500-0055-5555-5559", "[CARD]"),
        ("5500.0055.5555.5559.", "[CARD]."),
        ("from 192.168.0.17:8080", "from [IP]:8080"),
        ("ping 2001:db8::ff00:42:8329 now", "ping [IP] now"),
        ("call +49 (0)30 1234567 today", "call [PHONE] today"),
        ("call (555) 123-4567 or 555-123-4567", "call [PHONE] or [PHONE]"),
        ("Tel. 030/1234567", "Tel. [PHONE]"),
        ("a@b.example and c@d.example", "[EMAIL] and [EMAIL]"),
    ])
    func personalDataGoes(_ text: String, _ scrubbed: String) {
        #expect(scrubber.scrub(text) == scrubbed)
    }

    /// Check digits, ranges and forms that only look alike.
    @Test(arguments: [
        "order 4111 1111 1111 1112 of 2026-11-21", "DE88370400440532013000", "version 1.2.300.4 at 12:30:45",
        "I paid 1200 for 24 of 365 days", "@home with 3:2", "room 1234567", "0000 0000 0000 0000", "",
        "twenty per cent @ noon", "::", "a::b of the map",
    ])
    func theRestStays(_ text: String) {
        #expect(scrubber.scrub(text) == text)
    }

    @Test func everyPlaceholderIsCounted() throws {
        let ticket = try Scrubber.Pattern(name: "ticket", source: "TCK-[0-9]+")
        let scrubber = Scrubber([.email, .phone], patterns: [ticket])
        let (texts, counts) = scrubber.scrub(["TCK-12 from a@b.example", "TCK-3, TCK-4", "nothing", "10.0.0.1"])
        #expect(texts == ["[TICKET] from [EMAIL]", "[TICKET], [TICKET]", "nothing", "10.0.0.1"])
        #expect(counts == ["ticket": 3, "email": 1])
        #expect(throws: (any Error).self) { try Scrubber.Pattern(name: "bad", source: "(") }
        // One that also matches nothing still finds what it means.
        for source in ["[0-9]*", "(?i)lamp|"] {
            let loose = Scrubber([], patterns: [try Scrubber.Pattern(name: "own", source: source)])
            #expect(loose.scrub("A lamp 17 é") == (source == "[0-9]*" ? "A lamp [OWN] é" : "A [OWN] 17 é"))
        }
    }

    /// Placeholders are no personal data; a second pass finds nothing, whatever the text.
    @Test(arguments: 0..<40) func scrubbingTwiceChangesNothing(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = [
            "a@b.example", "+1 555 123 4567", "4111111111111111", "DE89370400440532013000", "10.0.0.1", " ", "-", "x",
            "7", "::1", "é", ".", "0",
        ]
        let text = (0..<30).map { _ in pieces.randomElement(using: &random)! }.joined()
        let once = scrubber.scrub(text)
        #expect(scrubber.scrub(once) == once)
    }
}
