import AttarData
import AttarQuantization
import AttarTraining
import Foundation

extension Stage {
    static let quantizationFile = "quantization.json"

    /// checkpoint → quantization.json: what each stored form costs in bytes and in error. The forms are cheap to make anew, so later stages do.
    static func quantize() -> Stage {
        Stage(
            .quantize, reads: ["student", "quantize"], from: [.dataset, .train], revision: 2, makes: [quantizationFile]
        ) {
            context in
            let recipe = context.recipe.recipe
            let dataset = try DatasetFile.read(context.file(datasetFile))
            let builder = try ModelBuilder(recipe, dataset: dataset, checkpoint: context.file(checkpointFile))
            let chosen = WeightQuantizer(recipe.quantize)
            let rows = builder.task.rows(of: .validation, in: dataset)
            let float = try builder.quantized(WeightQuantizer(table: .float32, linear: .float32Panels, clip: .max))
            let floatAnswers = try answers(builder, rows, float)
            var report = StageReport()
            var forms: [QuantizationForm] = []
            // Of a bag, of an encoder.
            let tables = ["table", "tokens.table"]
            for format in QuantizeSection.Format.allCases {
                let linear = format == .float32 ? .float32Panels : chosen.linear
                let quantizer = WeightQuantizer(table: format.type, linear: linear, clip: chosen.clip)
                let model = try builder.quantized(quantizer)
                let same = zip(try answers(builder, rows, model), floatAnswers).filter { $0 == $1 }.count
                forms.append(
                    QuantizationForm(
                        table: format.rawValue, bytes: model.bytes,
                        tableMeanSquaredError: model.reports.first { tables.contains($0.name) }?.meanSquaredError ?? 0,
                        sameValidationAnswers: same, validationRows: rows.count,
                        isChosen: format == recipe.quantize.table))
                try context.progress(
                    forms.count, of: QuantizeSection.Format.allCases.count, "forms", detail: format.rawValue)
            }
            for form in forms where form.isChosen {
                report.count("bytes of parameters", form.bytes, because: "table \(form.table)")
                report.count(
                    "validation rows with the float model's answer", form.sameValidationAnswers,
                    because: "of \(rows.count)")
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFile.write(try encoder.encode(forms), to: context.file(quantizationFile))
            return report
        }
    }

    private static func answers(_ builder: ModelBuilder, _ rows: [Int], _ model: ModelBuilder.Quantized) throws -> [Int]
    {
        let logits = try builder.logits(of: rows, model)
        let classes = builder.task.classes
        return rows.indices.map { likeliest(logits[($0 * classes)..<(($0 + 1) * classes)]) }
    }
}

/// One stored form of the student.
package struct QuantizationForm: Codable, Sendable {
    package let table: String
    package let bytes: Int
    package let tableMeanSquaredError: Double
    /// Validation rows that get the float model's answer.
    package let sameValidationAnswers: Int
    package let validationRows: Int
    package let isChosen: Bool
}
