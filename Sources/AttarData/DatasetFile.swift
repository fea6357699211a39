import AttarHDF5
import Foundation

/// Datasets on disk, as HDF5 that explains itself in other tools.
///
///     /                       format, schema-version, description
///     /attributes             the dataset's attributes
///     /labels                 [labels] text
///     /rows/text              [rows] text
///     /rows/source, split     [rows] uint8; their meaning is an attribute
///     /rows/gold, intended    [rows] int32, index into labels, −1 for none
///     /rows/attributes/NAME   [rows] text: what generated texts were asked to be like, empty for none; the group is missing where
///                             no row has any
///     /teachers/0, 1, …       name, method, weight where it is not 1; probabilities [rows, labels] float32, NaN without
///                             an answer; where they were kept: outside [rows] float32, rung [rows] uint8
///     /embeddings/0, 1, …     model; values [rows, dimension] float32; the group is missing where there are none
package enum DatasetFile {
    package static let format = "attar dataset"
    package static let schemaVersion: Int64 = 1

    /// Writes the dataset; it must be valid, and the same dataset gives the same bytes.
    package static func write(_ dataset: TextDataset, to url: URL) throws(DataError) {
        try dataset.validate(path: url.path)
        do throws(HDF5Error) {
            try HDF5File.create(at: url) { root throws(HDF5Error) in try put(dataset, into: root) }
        } catch {
            throw DataError(error)
        }
    }

    /// Reads and validates a dataset.
    package static func read(_ url: URL) throws(DataError) -> TextDataset {
        let columns: Columns
        do throws(HDF5Error) {
            columns = try HDF5File.read(at: url) { root throws(HDF5Error) in try Columns(root) }
        } catch {
            throw DataError(error)
        }
        let dataset = try columns.dataset(path: url.path)
        try dataset.validate(path: url.path)
        return dataset
    }

    private static func put(_ dataset: TextDataset, into root: borrowing HDF5Group) throws(HDF5Error) {
        try root.setAttribute("format", to: format)
        try root.setAttribute("schema-version", to: schemaVersion)
        try root.setAttribute(
            "description",
            to: "Texts with labels, for training a small classifier. Row i of every dataset under /rows "
                + "and of every teacher's probabilities is about the same text.")
        let attributes = try root.createGroup("attributes")
        for (name, value) in dataset.attributes.sorted(by: { $0.key < $1.key }) {
            try attributes.setAttribute(name, to: value)
        }
        try root.writeTexts(dataset.labels, named: "labels")

        let rows = try root.createGroup("rows")
        let count = [dataset.rows.count]
        try rows.writeTexts(dataset.rows.map(\.text), named: "text")
        try rows.writeNumbers(dataset.rows.map(\.source.rawValue), shape: count, named: "source")
        try rows.setAttribute("meaning", to: meaning(Source.allCases.map(\.name)), on: "source")
        try rows.writeNumbers(dataset.rows.map(\.split.rawValue), shape: count, named: "split")
        try rows.setAttribute("meaning", to: meaning(Split.allCases.map(\.name)), on: "split")
        try rows.writeNumbers(dataset.rows.map { Int32($0.gold ?? -1) }, shape: count, named: "gold")
        try rows.setAttribute("meaning", to: "true label, index into /labels; -1: unknown", on: "gold")
        try rows.writeNumbers(dataset.rows.map { Int32($0.intended ?? -1) }, shape: count, named: "intended")
        try rows.setAttribute(
            "meaning", to: "label that was asked for when the text was generated, index into /labels; -1: none",
            on: "intended")
        let names = dataset.attributeNames
        if !names.isEmpty {
            let group = try rows.createGroup("attributes")
            for name in names { try group.writeTexts(dataset.rows.map { $0.attributes[name] ?? "" }, named: name) }
        }

        let teachers = try root.createGroup("teachers")
        try teachers.setAttribute("count", to: Int64(dataset.teachers.count))
        for (index, teacher) in dataset.teachers.enumerated() {
            let group = try teachers.createGroup("\(index)")
            try group.setAttribute("name", to: teacher.name)
            try group.setAttribute("method", to: teacher.method)
            try group.writeNumbers(
                teacher.probabilities, shape: [dataset.rows.count, dataset.labels.count], named: "probabilities")
            try group.setAttribute("meaning", to: "rows × labels; NaN: no answer", on: "probabilities")
            if teacher.weight != 1 { try group.setAttribute("weight", to: teacher.weight) }
            if !teacher.massOutside.isEmpty {
                try group.writeNumbers(teacher.massOutside, shape: count, named: "outside")
                try group.setAttribute("meaning", to: "probability of answers that are no label", on: "outside")
            }
            if !teacher.rung.isEmpty {
                try group.writeNumbers(teacher.rung, shape: count, named: "rung")
                try group.setAttribute("meaning", to: meaning(TeacherLabels.rungs), on: "rung")
            }
        }
        guard !dataset.embeddings.isEmpty else { return }
        let embeddings = try root.createGroup("embeddings")
        try embeddings.setAttribute("count", to: Int64(dataset.embeddings.count))
        for (index, embedding) in dataset.embeddings.enumerated() {
            let group = try embeddings.createGroup("\(index)")
            try group.setAttribute("model", to: embedding.model)
            try group.writeNumbers(
                embedding.values, shape: [dataset.rows.count, embedding.dimension], named: "values")
            try group.setAttribute("meaning", to: "rows × dimension, as the model gave them", on: "values")
        }
    }

    private static func meaning(_ names: [String]) -> String {
        names.enumerated().map { "\($0): \($1)" }.joined(separator: ", ")
    }
}

/// A file's content before the values are known to make sense.
private struct Columns {
    let attributes: [String: String]
    let labels: [String]
    let texts: [String]
    let sources: [UInt8]
    let splits: [UInt8]
    let gold: [Int32]
    let intended: [Int32]
    let rowAttributes: [(name: String, values: [String])]
    let teachers: [TeacherLabels]
    let embeddings: [TextEmbeddings]

    init(_ root: borrowing HDF5Group) throws(HDF5Error) {
        try root.requireFormat(DatasetFile.format, schemaVersion: DatasetFile.schemaVersion)
        attributes = try root.group("attributes").textAttributes()
        labels = try root.texts(named: "labels")
        let rows = try root.group("rows")
        texts = try rows.texts(named: "text")
        sources = try rows.column(named: "source", count: texts.count)
        splits = try rows.column(named: "split", count: texts.count)
        gold = try rows.column(named: "gold", count: texts.count)
        intended = try rows.column(named: "intended", count: texts.count)
        var rowAttributes: [(name: String, values: [String])] = []
        if try rows.names().contains("attributes") {
            let group = try rows.group("attributes")
            for name in try group.names() { rowAttributes.append((name, try group.texts(named: name))) }
        }
        self.rowAttributes = rowAttributes

        let group = try root.group("teachers")
        var teachers: [TeacherLabels] = []
        for index in 0..<max(0, try group.numberAttribute("count", as: Int64.self)) {
            let teacher = try group.group("\(index)")
            let present = try teacher.names()
            teachers.append(
                TeacherLabels(
                    name: try teacher.textAttribute("name"), method: try teacher.textAttribute("method"),
                    weight: try teacher.hasAttribute("weight")
                        ? try teacher.numberAttribute("weight", as: Double.self) : 1,
                    probabilities: try teacher.numbers(
                        Float.self, named: "probabilities", shape: [texts.count, labels.count]),
                    massOutside: present.contains("outside")
                        ? try teacher.column(named: "outside", count: texts.count) : [],
                    rung: present.contains("rung") ? try teacher.column(named: "rung", count: texts.count) : []))
        }
        self.teachers = teachers
        var embeddings: [TextEmbeddings] = []
        if try root.names().contains("embeddings") {
            let group = try root.group("embeddings")
            for index in 0..<max(0, try group.numberAttribute("count", as: Int64.self)) {
                let entry = try group.group("\(index)")
                let array = try entry.numbers(Float.self, named: "values")
                // Another number of axes is left for validation to refuse.
                let dimension = array.shape.count == 2 ? array.shape[1] : 0
                embeddings.append(
                    TextEmbeddings(
                        model: try entry.textAttribute("model"), dimension: dimension, values: array.values))
            }
        }
        self.embeddings = embeddings
    }

    func dataset(path: String) throws(DataError) -> TextDataset {
        for (name, values) in rowAttributes where values.count != texts.count {
            throw .invalidDataset(
                path: path, place: "rows/attributes/\(name)", expected: "\(texts.count) rows", found: "\(values.count)")
        }
        var rows: [TextRow] = []
        rows.reserveCapacity(texts.count)
        for index in texts.indices {
            guard let source = Source(rawValue: sources[index]) else {
                throw .invalidDataset(
                    path: path, place: "row \(index), source", expected: "0..<\(Source.allCases.count)",
                    found: "\(sources[index])")
            }
            guard let split = Split(rawValue: splits[index]) else {
                throw .invalidDataset(
                    path: path, place: "row \(index), split", expected: "0..<\(Split.allCases.count)",
                    found: "\(splits[index])")
            }
            var row = TextRow(
                text: texts[index], source: source, split: split, gold: label(gold[index]),
                intended: label(intended[index]))
            for (name, values) in rowAttributes where !values[index].isEmpty { row.attributes[name] = values[index] }
            rows.append(row)
        }
        return TextDataset(
            labels: labels, rows: rows, teachers: teachers, embeddings: embeddings, attributes: attributes)
    }

    /// Only −1 stands for none; any other value outside the labels is left for validation to refuse.
    private func label(_ index: Int32) -> Int? {
        index == -1 ? nil : Int(index)
    }
}

extension DataError {
    /// An error of a file operation is told as such.
    init(_ error: HDF5Error) {
        if case .file(let error) = error {
            self = .file(error)
        } else {
            self = .hdf5(error)
        }
    }
}
