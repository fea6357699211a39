import AttarPipeline
import Testing

@Suite("Recipes of generated texts")
struct SynthesisRecipeTests {
    private func recipe(_ lines: String) -> String {
        """
        attar: 1
        labels: [good, bad]
        teacher: {endpoint: "http://127.0.0.1:9/v1", model: m}
        synthesis:
        \(lines.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))

        """
    }

    @Test(
        "A placeholder that no attribute fills is refused where it stands",
        arguments: [
            (
                "attributes: {persona: [nurse, cook]}\nopenings: [\"Hello,\", \"As a {persone},\"]",
                "recipe.yaml:6:24: synthesis.openings[1]: “{persone}” is not one of synthesis.attributes (persona); did you mean `{persona}`?"
            ),
            (
                "attributes: {persona: [nurse], mood: [calm]}\nopenings: {good: [\"A {Mood} {persona}\"], bad: [\"x\"]}",
                "recipe.yaml:6:21: synthesis.openings.good[0]: “{Mood}” is not one of synthesis.attributes (persona, mood); did you mean `{mood}`?"
            ),
            (
                "openings: [\"As a {persona},\"]",
                "synthesis.openings[0]: “{persona}” is not one of synthesis.attributes (there are none)"
            ),
        ])
    func placeholders(lines: String, message: String) {
        let found = problems(recipe(lines))
        #expect(found.count == 1 && found.first?.contains(message) == true, "\(found)")
    }

    @Test(
        "Values that are there twice are refused",
        arguments: [
            ("attributes: {mood: [calm, cross, calm]}", "recipe.yaml:5:36: synthesis.attributes.mood[2]: “calm” is"),
            ("attributes: {mood: [calm, \" CALM  \"]}", "synthesis.attributes.mood[1]: “ CALM  ” is"),
            ("attributes: {size: {good: [so so], bad: [so so, So  so]}}", "synthesis.attributes.size.bad[1]: “So  so”"),
            ("openings: [Hello, hello, Hello]", "synthesis.openings[2]: “Hello” is"),
        ])
    func repeated(lines: String, message: String) {
        let found = problems(recipe(lines))
        #expect(found.count == 1 && found.first?.contains(message) == true, "\(found)")
    }

    @Test(
        "Exclusions that contradict the attributes are refused",
        arguments: [
            (
                "exclude: [{mood: calm, size: big}, {size: small, mood: calm}]",
                "synthesis.attributes.mood: “calm” is never drawn for the label \"good\": synthesis.exclude leaves nothing that goes with it"
            ),
            (
                "exclude: [{mood: calm, size: big}, {size: big, mood: calm}]",
                "synthesis.exclude[1]: says the same as synthesis.exclude[0]"
            ),
            (
                "exclude: [{tone: warm, pace: slow}]",
                "synthesis.exclude[0]: excludes nothing: no label has all of these values"
            ),
        ])
    func exclusions(line: String, message: String) {
        let lists = """
            attributes:
              mood: [calm, cross]
              size: [big, small]
              tone: {good: [warm, dry], bad: [cold, dry]}
              pace: {good: [fast, even], bad: [slow, even]}

            """
        let found = problems(recipe(lists + line))
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test("A value that the exclusions leave nothing for is refused for all labels at once where they have one list")
    func valueNeverDrawn() {
        let found = problems(
            recipe(
                """
                attributes: {mood: [calm, cross], size: [big, small]}
                exclude: [{mood: calm, size: big}, {size: small, mood: calm}]
                """))
        #expect(
            found == [
                "recipe.yaml:5:22: synthesis.attributes.mood: “calm” is never drawn: synthesis.exclude leaves nothing that goes with it"
            ])
    }

    @Test("An empty opening asks for none")
    func noOpening() {
        #expect(problems(recipe("openings: [\"\", \"Hello,\"]")) == [])
        #expect(problems(recipe("attributes: {mood: [\"\"]}")).count == 1)
    }
}
