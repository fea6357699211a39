import AttarData

/// What is taken out of texts before they are sent or stored.
package struct PrivacySection: RecipeSection {
    package let scrub: [Scrubber.Kind]
    package let patterns: [Named<String>]

    package init(_ keys: inout KeyReader) {
        scrub = keys.value(
            "scrub", .list(of: .choice(), count: 0...Scrubber.Kind.allCases.count), default: Scrubber.Kind.allCases,
            "What becomes a placeholder such as [EMAIL] in texts of data.labelled and data.unlabelled, in examples, and in what the teacher sees of data.held-out. The student learns from texts with placeholders; put them into texts at prediction time too, or it meets what it never saw."
        )
        patterns = keys.value(
            "patterns", .named(.text()), default: [],
            "Regular expressions of your own, by the name of their placeholder.")
        for pattern in patterns {
            do {
                _ = try Scrubber.Pattern(name: pattern.name, source: pattern.value)
            } catch {
                keys.check(false, at: "patterns.\(pattern.name)", "not a regular expression: \(error)")
            }
        }
    }

    var scrubber: Scrubber {
        Scrubber(scrub, patterns: patterns.compactMap { try? Scrubber.Pattern(name: $0.name, source: $0.value) })
    }
}
