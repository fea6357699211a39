import AttarPipeline
import Testing

@Suite("Which texts of a pool are asked about")
struct PoolPickerTests {
    private static let texts = [
        "my card was stolen in the street", "my card was stolen in the street today", "where is the nearest branch",
        "the app shows a wrong balance", "please close my account", "how do I change my address",
    ]

    @Test("The least sure come first, with the two labels in question")
    func margins() {
        let picks = PoolPicker(texts: Self.texts).pick(
            2, of: [2, 3, 4], probabilities: [[0.9, 0.05, 0.05], [0.4, 0.1, 0.5], [0.2, 0.6, 0.2]], isSpread: false)
        #expect(picks.map(\.row) == [3, 4])
        guard case .unsure(let first, let second, let margin)? = picks.first?.reason else {
            Issue.record("expected a margin")
            return
        }
        #expect((first, second) == (2, 0))
        #expect(abs(margin - 0.1) < 1e-6)
    }

    @Test("Of two texts that are nearly the same, one is taken, though both are the least sure")
    func unlike() {
        let probabilities: [[Float]] = [[0.5, 0.5], [0.5, 0.5], [0.6, 0.4], [0.6, 0.4], [0.6, 0.4], [0.6, 0.4]]
        let picker = PoolPicker(texts: Self.texts)
        let spread = picker.pick(3, of: Array(0..<6), probabilities: probabilities).map(\.row)
        #expect(spread.count { $0 < 2 } == 1)
        let alike = picker.pick(3, of: Array(0..<6), probabilities: probabilities, isSpread: false).map(\.row)
        #expect(alike.count { $0 < 2 } == 2)
    }

    @Test("Never more than there are, and none twice")
    func few() {
        let picks = PoolPicker(texts: Self.texts).pick(
            50, of: Array(0..<6), probabilities: Array(repeating: [0.5, 0.5], count: 6))
        #expect(picks.map(\.row).sorted() == Array(0..<6))
        #expect(PoolPicker(texts: []).pick(5, of: [], probabilities: []).isEmpty)
    }
}
