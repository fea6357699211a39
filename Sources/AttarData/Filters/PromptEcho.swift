/// Knows texts that were copied from a prompt: its instruction or its worked examples.
package struct PromptEcho: Sendable {
    static let wordsPerRun = 6
    /// The share of a text's words that stand in runs of the prompt from which on the text is an echo.
    static let echoedShare = 0.5

    private var wholes: Set<UInt64> = []
    private var runs: Set<UInt64> = []

    /// - Parameter parts: instruction and examples, each one by itself.
    package init(_ parts: [String]) {
        for part in parts {
            let words = NormalizedWords(part)
            wholes.insert(words.whole)
            runs.formUnion(words.runs(of: Self.wordsPerRun))
        }
    }

    /// Whether `text` is one of the parts, or at least half of its words stand in runs of six that a part has too.
    package func isEcho(_ text: String) -> Bool {
        let words = NormalizedWords(text)
        if wholes.contains(words.whole) { return true }
        var isEchoed = [Bool](repeating: false, count: words.hashes.count)
        for (first, run) in words.runs(of: Self.wordsPerRun).enumerated() where runs.contains(run) {
            for word in first..<first + Self.wordsPerRun { isEchoed[word] = true }
        }
        let echoed = isEchoed.count { $0 }
        return echoed > 0 && Double(echoed) >= Self.echoedShare * Double(isEchoed.count)
    }
}
