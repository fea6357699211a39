/// A column that a reader is asked for.
struct TableColumn {
    let name: String
    /// The column must exist, and in JSONL the value must be a string.
    var isText = false
    /// The column must exist.
    var isRequired = false
}

/// A row of a table: the values of the columns asked for, in their order.
struct TableRecord {
    /// Where the row begins, counted from 1.
    let line: Int
    /// nil where a JSON object lacks the key or has null.
    var fields: [String?]
}
