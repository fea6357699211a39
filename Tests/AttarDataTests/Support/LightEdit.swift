/// What somebody does to a text so that it is no exact copy, but says the same.
enum LightEdit: CaseIterable {
    case spelling, typo, replacedWord, addedWord, droppedWord, twoWords, swappedWords, cut, surrounded

    /// Fewer words make the edit a heavy one: in a text of six words one of them can be what it is about.
    var leastWords: Int {
        switch self {
        case .spelling, .swappedWords: 1
        case .typo: 3
        case .replacedWord, .addedWord, .droppedWord, .surrounded: 7
        case .twoWords: 16
        case .cut: 8
        }
    }

    func apply(to text: String, others: [String], using generator: inout SeededGenerator) -> String {
        var words = text.split(separator: " ").map(String.init)
        func index() -> Int { Int.random(in: words.indices, using: &generator) }
        func word() -> String {
            let longer: [Substring] = others.randomElement(using: &generator)!.split(separator: " ").filter {
                $0.count > 2
            }
            return String(longer.randomElement(using: &generator) ?? "other")
        }
        switch self {
        case .spelling: return "“" + text.uppercased().replacing(" ", with: "  ") + " ”…"
        case .typo: words = Self.mistyped(text, using: &generator).split(separator: " ").map(String.init)
        case .replacedWord: words[index()] = word()
        case .addedWord: words.insert(word(), at: index())
        case .droppedWord: words.remove(at: index())
        case .twoWords:
            words[index()] = word()
            words.remove(at: index())
        case .swappedWords:
            let first = index()
            words.swapAt(first, max(0, first - 1))
        case .cut: return String(text.prefix(text.count * 4 / 5))
        case .surrounded:
            let around = (0..<2).map { _ in others.randomElement(using: &generator)! }
            return "\(around[0]) \(text) \(around[1])"
        }
        return words.joined(separator: " ")
    }

    private static func mistyped(_ text: String, using generator: inout SeededGenerator) -> String {
        var characters = Array(text)
        let place = Int.random(in: characters.indices, using: &generator)
        let letter = "abcdefghijklmnopqrstuvwxyz".randomElement(using: &generator)!
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: characters[place] = letter
        case 1: characters.insert(letter, at: place)
        case 2: characters.remove(at: place)
        default: characters.swapAt(place, max(0, place - 1))
        }
        return String(characters)
    }
}
