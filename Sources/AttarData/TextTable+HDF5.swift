import AttarHDF5
import Foundation

extension TextTable {
    /// Texts of an HDF5 file: one that Attar wrote, with the right labels it has, or one of another program, whose columns
    /// are datasets of texts with one axis; a name with slashes goes down into groups.
    static func readHDF5(
        _ url: URL, textColumn: String, labelColumn: String?
    ) throws(DataError) -> [LabelledText] {
        let texts: [String]
        var labels: [String?]
        do throws(HDF5Error) {
            (texts, labels) = try HDF5File.readForeign(at: url) { root throws(HDF5Error) in
                if try root.hasAttribute("format"), try root.textAttribute("format") == DatasetFile.format {
                    return try ownRows(root, wantsLabels: labelColumn != nil)
                }
                let texts = try column(textColumn, in: root)
                guard let labelColumn else { return (texts, []) }
                return (texts, try column(labelColumn, in: root).map { $0.isEmpty ? nil : $0 })
            }
        } catch {
            throw DataError(error)
        }
        guard !texts.isEmpty else { throw .noRows(path: url.path, hasHeader: false) }
        if labelColumn == nil { labels = Array(repeating: nil, count: texts.count) }
        guard labels.count == texts.count else {
            throw .invalidDataset(
                path: url.path, place: labelColumn ?? "", expected: "\(texts.count) labels, one a text",
                found: "\(labels.count)")
        }
        return texts.indices.map { LabelledText(text: texts[$0], label: labels[$0], line: $0 + 1) }
    }

    private static func ownRows(
        _ root: borrowing HDF5Group, wantsLabels: Bool
    ) throws(HDF5Error) -> ([String], [String?]) {
        let rows = try root.group("rows")
        let texts = try rows.texts(named: "text")
        guard wantsLabels else { return (texts, []) }
        let names = try root.texts(named: "labels")
        let gold = try rows.column(Int32.self, named: "gold", count: texts.count)
        return (texts, gold.map { names.indices.contains(Int($0)) ? names[Int($0)] : nil })
    }

    private static func column(_ path: String, in root: borrowing HDF5Group) throws(HDF5Error) -> [String] {
        guard let slash = path.firstIndex(of: "/") else { return try root.texts(named: path) }
        let rest = String(path[path.index(after: slash)...])
        guard slash != path.startIndex else { return try column(rest, in: root) }
        return try column(rest, in: root.group(String(path[..<slash])))
    }
}
