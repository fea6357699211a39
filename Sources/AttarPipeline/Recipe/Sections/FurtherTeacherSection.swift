/// Another teacher beside the first one, with its own endpoint and prices.
package struct FurtherTeacherSection: RecipeSection {
    package enum Asked: String, CaseIterable, Sendable { case every, disputed }

    package let teacher: TeacherSection
    package let weight: Double?
    package let asked: Asked

    package init(_ keys: inout KeyReader) {
        teacher = TeacherSection(&keys)
        weight = keys.optional(
            "weight", .number(0...1000),
            "Its weight in the mean of the teachers' probabilities; the first teacher has 1. Unless told it is fitted on 50 or more texts with right labels, else 1."
        )
        asked = keys.value(
            "asked", .choice(), default: .disputed,
            "every: about each text. disputed: only where the teachers before it disagree, are unsure or have no answer."
        )
    }
}
