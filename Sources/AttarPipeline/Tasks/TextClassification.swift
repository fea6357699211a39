import AttarData
import AttarGraph
import AttarQuantization
import AttarRuntime
import AttarStatistics
import AttarStudents
import AttarTraining

/// One label of many for a text: joins features, student and objective as the recipe says.
package struct TextClassification: Sendable {
    package let labels: [String]
    package let featurizer: Featurizer
    package let student: any Student
    /// Below this probability of the likeliest label the deployed model abstains.
    package let abstainBelow: Double?
    private let train: TrainSection
    private let keep: SynthesisSection.Keep?

    /// Whether validation rows are among those that the student was trained on in the end.
    var learnsFromValidation: Bool { train.refit }

    package init(_ recipe: Recipe, dataset: TextDataset) {
        self.init(
            recipe.student, recipe.train, keep: recipe.synthesis?.keep, abstainBelow: recipe.calibrate.abstainBelow,
            dataset: dataset)
    }

    init(
        _ section: StudentSection, _ train: TrainSection, keep: SynthesisSection.Keep?, abstainBelow: Double? = nil,
        dataset: TextDataset
    ) {
        labels = dataset.labels
        self.train = train
        self.keep = keep
        self.abstainBelow = abstainBelow
        switch section.family {
        case .bag:
            let nGrams = Self.nGrams(of: section, refit: train.refit, dataset: dataset)
            featurizer = .nGrams(nGrams)
            student = BagStudent(
                buckets: nGrams.rows, width: section.width, hidden: section.hidden,
                classes: labels.count, featureDropout: Float(train.featureDropout), dropout: Float(train.dropout))
        case .encoder:
            featurizer = .tokens(
                TokenFeaturizer(
                    vocabulary: section.buckets, maximumTokens: section.maximumTokens,
                    maximumBytes: section.maximumBytes))
            student = EncoderStudent(
                vocabulary: section.buckets, longest: section.maximumTokens, width: section.width,
                layers: section.layers, heads: section.heads, feedForward: section.feedForward,
                classes: labels.count, pooling: section.pooling == .mean ? .mean : .first,
                dropout: Float(train.dropout))
        }
    }

    private static func nGrams(
        of section: StudentSection, refit: Bool, dataset: TextDataset
    ) -> NGramFeaturizer {
        let hashed = NGramFeaturizer(
            buckets: section.buckets, wordLength: section.wordNgrams,
            shortestCharacters: section.characterNgrams.lowerBound,
            longestCharacters: section.characterNgrams.upperBound,
            charactersCrossWords: section.charactersCrossWords, wordScale: Float(section.wordScale),
            characterScale: Float(section.characterScale), maximumBytes: section.maximumBytes)
        guard section.vocabulary == .known else { return hashed }
        let texts = dataset.rows.filter { $0.split == .train || refit && $0.split == .validation }
        return hashed.keepingNGrams(of: texts.map(\.text), most: section.buckets)
    }

    package var classes: Int { labels.count }

    /// The student as it is deployed: outputs `logits` and `probabilities`, softmax(logits / temperature).
    package func forwardGraph(temperature: Float = 1) throws(GraphError) -> Graph {
        var graph = Graph()
        let logits = student.logits(in: &graph, training: false)
        graph.output("logits", logits)
        graph.output("probabilities", graph.apply(.softmax(temperature: temperature), logits))
        try graph.verify()
        return graph
    }

    // MARK: Targets

    /// What a row is to be taken for: its right label where it has one, or the label that it was written for and kept
    /// with, else the teachers' mean; nil without either.
    package func target(of row: Int, in dataset: TextDataset) -> [Float]? {
        if let label = dataset.rows[row].gold ?? labelWrittenFor(row, in: dataset) { return oneHot(label) }
        return dataset.teacherMean(of: row)
    }

    /// A small teacher's probabilities are flat, and its mistakes of reading would be learned: where it has written and
    /// read alike, the label alone teaches more.
    private func labelWrittenFor(_ row: Int, in dataset: TextDataset) -> Int? {
        guard let keep, keep != .soft, let intended = dataset.rows[row].intended else { return nil }
        return keep == .asked || intended == dataset.label(of: row) ? intended : nil
    }

    /// Rows of a part that have a target.
    package func rows(of split: Split, in dataset: TextDataset) -> [Int] {
        dataset.rows.indices.filter { dataset.rows[$0].split == split && target(of: $0, in: dataset) != nil }
    }

    package func features(of rows: [Int], in dataset: TextDataset) -> PackedFeatures {
        PackedFeatures(rows.map { dataset.rows[$0].text }, featurizer: featurizer)
    }

    package func objective(for set: TrainingSet) -> DistillationObjective {
        DistillationObjective(
            temperature: Float(train.temperature), usesSoftLabels: !set.softTargets.isEmpty,
            usesGoldLabels: !set.goldTargets.isEmpty)
    }

    package func trainingSet(of rows: [Int], in training: TrainingDataset) -> TrainingSet {
        let dataset = training.dataset
        let weights = classWeights(of: rows, in: dataset)
        let smoothing = Float(train.labelSmoothing)
        var (soft, softWeights): ([Float], [Float]) = ([], [])
        var (gold, goldWeights): ([Float], [Float]) = ([], [])
        for row in rows {
            let teacher = dataset.teacherMean(of: row)
            let written = dataset.rows[row].gold == nil ? labelWrittenFor(row, in: dataset) : nil
            let label = dataset.rows[row].gold ?? written
            let weight = target(of: row, in: dataset).map { weights[likeliest($0)] } ?? 0
            let softShare: Float = teacher == nil || written != nil ? 0 : label == nil ? 1 : Float(train.softWeight)
            soft += softened(teacher ?? oneHot(nil))
            softWeights.append(weight * softShare)
            gold += oneHot(label).map { $0 * (1 - smoothing) + (label == nil ? 0 : smoothing / Float(classes)) }
            goldWeights.append(label == nil ? 0 : weight * (1 - softShare))
        }
        let usesSoft = softWeights.contains { $0 > 0 }
        let usesGold = goldWeights.contains { $0 > 0 }
        return TrainingSet(
            features: features(of: rows, in: dataset), classes: classes, softTargets: usesSoft ? soft : [],
            softWeights: usesSoft ? softWeights : [], goldTargets: usesGold ? gold : [],
            goldWeights: usesGold ? goldWeights : [])
    }

    /// "balanced": rows of class c weigh n / (classes · n_c).
    private func classWeights(of rows: [Int], in dataset: TextDataset) -> [Float] {
        guard train.classWeights == .balanced else { return [Float](repeating: 1, count: classes) }
        var counts = [Int](repeating: 0, count: classes)
        for row in rows {
            if let target = target(of: row, in: dataset) { counts[likeliest(target)] += 1 }
        }
        return counts.map { $0 == 0 ? 0 : Float(rows.count) / Float(classes * $0) }
    }

    private func oneHot(_ label: Int?) -> [Float] {
        var row = [Float](repeating: 0, count: classes)
        if let label { row[label] = 1 }
        return row
    }

    /// p^(1/T), scaled to sum to 1: the teacher's side of distillation at temperature T.
    private func softened(_ probabilities: [Float]) -> [Float] {
        guard train.temperature != 1 else { return probabilities }
        let powers = probabilities.map { p in
            p > 0 ? exponential(CanonicalMath.logarithm(Double(p)) / train.temperature) : 0
        }
        let total = powers.reduce(0, +)
        return powers.map { total > 0 ? Float($0 / total) : 0 }
    }
}
