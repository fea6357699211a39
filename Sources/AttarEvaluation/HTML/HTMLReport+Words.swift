// What the page's own words mean.
extension HTMLReport {
    var words: Section? {
        var facts: Markup = """
            \(fact("Held-out texts", "texts with known labels that were kept away from training and from every choice"))\
            \(fact("Label", "one of the answers that can be given"))\
            \(fact("Student", "the small model that this run made"))
            """
        if report.system(.teacher) != nil {
            facts += fact("Teacher", "the large model that the student learned from")
        }
        facts += fact(
            "Most frequent label", "a baseline that always answers the most frequent label; every model should beat it")
        facts += fact(
            "\(report.level) interval",
            "the range that holds the true figure in \(report.level) of repetitions with other texts of the same kind; "
                + "written small or in brackets")
        facts += fact("Points", "percentage points: from 81 % to 84 % are 3 points")
        facts += fact("Confidence", "the probability that a system gives to its answer")
        if report.cascade != nil {
            facts += fact("Threshold", "the confidence from which on the student answers by itself")
        }
        return Section(
            id: "words", link: "Words", title: "Words used here", lede: "What this page means by them.",
            body: "<dl class=\"facts\">\(facts)</dl>")
    }
}
