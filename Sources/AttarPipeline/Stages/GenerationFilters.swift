import AttarData
import AttarTeacher

/// What is dropped of generated texts before they are labelled: what the texts alone tell.
struct GenerationFilters {
    /// Fewer texts of the user do not tell how long texts can be.
    private static let leastForLength = 20

    private let recipe: Recipe
    private let chosen: FiltersSection
    private let own: [String]
    private let earlier: [String]

    /// - Parameters:
    ///   - own: the user's texts.
    ///   - earlier: texts that were written before.
    init(_ recipe: Recipe, _ synthesis: SynthesisSection, own: [String], earlier: [String] = []) {
        self.recipe = recipe
        self.earlier = earlier
        chosen = synthesis.filters
        self.own = own
    }

    /// The first flaw of each text; those that were not written have none.
    func flaws(of texts: [GeneratedText], _ task: GenerationTask) -> [TextFlaw?] {
        var filters = filters(task)
        var flaws = [TextFlaw?](repeating: nil, count: texts.count)
        func look(at isLookedAt: (GenerationRequest) -> Bool) {
            let rows = texts.indices.filter { texts[$0].text != nil && isLookedAt(texts[$0].request) }
            let found = filters.flaws(of: rows.map { texts[$0].text ?? "" })
            for (row, flaw) in zip(rows, found) { flaws[row] = flaw }
        }
        look { $0.source == nil }
        // An edit is to be nearly the same as what it was made of.
        filters.nearCopySimilarity = nil
        filters.known += texts.filter { $0.request.source == nil }.compactMap(\.text)
        look { $0.source != nil }
        return flaws
    }

    func areKept(_ texts: [GeneratedText], _ task: GenerationTask) -> [Bool] {
        zip(texts, flaws(of: texts, task)).map { $0.text != nil && $1 == nil }
    }

    private func filters(_ task: GenerationTask) -> TextFilters {
        let shown = (task.examples + task.seeds).map(\.text)
        var filters = TextFilters()
        filters.format = chosen.format
        filters.language =
            chosen.language ? LanguageProfile(samples: own + shown + recipe.labelling.examples.map(\.text)) : nil
        if chosen.length, own.count >= Self.leastForLength, let longest = own.map(\.unicodeScalars.count).max() {
            filters.length = LengthBounds(characters: 1...2 * longest)
        }
        filters.promptEcho = chosen.promptEcho ? PromptEcho([task.instruction] + shown) : nil
        filters.exactCopies = chosen.exactDuplicates
        filters.known = own + earlier
        filters.nearCopySimilarity = chosen.nearDuplicates ? recipe.data.nearDuplicateThreshold : nil
        return filters
    }
}
