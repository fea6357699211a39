/// For each row, the first earlier row that it nearly copies, or nil. That earlier row is itself no copy.
///
/// Two texts nearly copy each other if their normalised forms are equal or the Jaccard similarity of their `Shingles`
/// reaches `threshold`, in (0, 1]. Rows that are copies themselves are not compared with: removing all rows with a
/// result leaves no two that nearly copy each other, and removes no row that resembles none of those left.
package func nearDuplicates(in texts: [String], threshold: Double) -> [Int?] {
    let forms = DistinctForms(texts)
    var index = SimilarTextIndex(forms.texts, threshold: threshold)
    var original: [Int?] = Array(repeating: nil, count: forms.texts.count)
    for form in forms.texts.indices {
        original[form] = index.firstSimilar(to: form)
        if original[form] == nil { index.insert(form) }
    }
    return texts.indices.map { row in
        let form = forms.formOfRow[row]
        let first = forms.firstRow[original[form] ?? form]
        return first == row ? nil : first
    }
}

/// For each row, the first row of its group: near copies, copies of copies and so on are one group.
package func nearDuplicateGroups(in texts: [String], threshold: Double) -> [Int] {
    let forms = DistinctForms(texts)
    var index = SimilarTextIndex(forms.texts, threshold: threshold)
    var groups = DisjointSets(count: forms.texts.count)
    for form in forms.texts.indices { index.join(form, in: &groups) }
    return texts.indices.map { forms.firstRow[groups.root(of: forms.formOfRow[$0])] }
}

/// The normalised forms that occur, each once, in order of their first row.
private struct DistinctForms {
    var texts: [String] = []
    var firstRow: [Int] = []
    var formOfRow: [Int] = []

    init(_ rows: [String]) {
        var known: [String: Int] = [:]
        for (row, normalized) in concurrentMap(rows, normalizedText).enumerated() {
            let form = known[normalized, default: texts.count]
            if form == texts.count {
                known[normalized] = form
                texts.append(normalized)
                firstRow.append(row)
            }
            formOfRow.append(form)
        }
    }
}
