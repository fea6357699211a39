import AttarEvaluation
import Testing

@Suite struct FigureFormatTests {
    private func plain(_ text: String) -> String { text.replacing("\u{A0}", with: " ") }

    @Test func percentagesKeepZeroAndHundredForWhatIsExactlyThat() {
        #expect(plain(FigureFormat.percent(0)) == "0.0 %")
        #expect(plain(FigureFormat.percent(1)) == "100.0 %")
        #expect(plain(FigureFormat.percent(0.9999)) == ">99.9 %")
        #expect(plain(FigureFormat.percent(0.0001)) == "<0.1 %")
        #expect(plain(FigureFormat.percent(0.996, decimals: 0)) == ">99 %")
        #expect(plain(FigureFormat.percent(0.8123)) == "81.2 %")
        #expect(plain(FigureFormat.percent(1.031, decimals: 0)) == "103 %")
    }

    @Test func sizesAndTimes() {
        #expect(plain(FigureFormat.bytes(512)) == "512 B")
        #expect(plain(FigureFormat.bytes(48_230)) == "48.2 kB")
        #expect(plain(FigureFormat.bytes(999_900)) == "1.00 MB")
        #expect(plain(FigureFormat.bytes(1_310_000)) == "1.31 MB")
        #expect(plain(FigureFormat.microseconds(0.25)) == "250 ns")
        #expect(plain(FigureFormat.microseconds(9.123)) == "9.12 µs")
        #expect(plain(FigureFormat.microseconds(999.7)) == "1.00 ms")
        #expect(plain(FigureFormat.microseconds(1_900_000)) == "1.90 s")
    }

    @Test func signsAndGroups() {
        #expect(FigureFormat.points(-0.033) == "−3.3")
        #expect(FigureFormat.points(0.013) == "+1.3")
        #expect(FigureFormat.points(-0.0001) == "0.0")
        #expect(FigureFormat.count(1_234_567) == "1,234,567")
        #expect(FigureFormat.count(-1_000) == "−1,000")
        #expect(FigureFormat.factor(45_274) == "45,000×")
        #expect(FigureFormat.factor(3.14) == "3.1×")
        #expect(plain(FigureFormat.money(0.0123, currency: "USD")) == "0.0123 USD")
        #expect(plain(FigureFormat.money(0.00000001, currency: "EUR")) == "<0.0001 EUR")
        #expect(plain(FigureFormat.money(0, currency: "EUR")) == "0 EUR")
        #expect(plain(FigureFormat.scientific(3.1e-6)) == "3.1 · 10⁻⁶")
        #expect(FigureFormat.scientific(0.25) == "0.25")
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func whatIsNoNumberIsADash(value: Double) {
        let texts = [
            FigureFormat.percent(value), FigureFormat.points(value), FigureFormat.microseconds(value),
            FigureFormat.factor(value), FigureFormat.money(value, currency: "USD"), FigureFormat.decimal(value, 2),
            FigureFormat.significant(value), FigureFormat.scientific(value),
        ]
        #expect(texts.allSatisfy { $0 == "–" })
    }
}
