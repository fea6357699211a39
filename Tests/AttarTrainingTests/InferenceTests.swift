import AttarGraph
import AttarQuantization
import AttarRuntime
import AttarStudents
import AttarTestSupport
import AttarTraining
import Testing

/// An inference over the logits of a student.
func inference(_ student: BagStudent, _ parameters: ParameterStore, kernels: String? = nil) throws -> Inference {
    var graph = Graph()
    graph.output("logits", student.logits(in: &graph, training: false))
    return try Inference(graph, output: "logits", parameters: parameters, kernels: Kernels(named: kernels))
}

@Suite("Inference")
struct InferenceTests {
    @Test("of many texts gives each the bits that it gets alone", arguments: [0, 17])
    func batchesChangeNothing(hidden: Int) throws {
        let fixture = TrainingFixture(examples: 150)
        let student = fixture.student(hidden: hidden)
        let parameters = try ParameterStore(student.parameters, seed: 3)
        let inference = try inference(student, parameters)
        let together = try inference.run(fixture.set.features)
        for (index, text) in fixture.texts.enumerated() {
            let alone = try inference.run(PackedFeatures([text], featurizer: fixture.featurizer))
            #expect(alone.map(\.bitPattern) == together[(index * 3)..<(index * 3 + 3)].map(\.bitPattern))
        }
    }

    @Test("of nothing is nothing")
    func nothing() throws {
        let fixture = TrainingFixture(examples: 0)
        let student = fixture.student()
        let parameters = try ParameterStore(student.parameters, seed: 3)
        #expect(try inference(student, parameters).run(fixture.set.features).isEmpty)
    }

    @Test("gives the same bits under every instruction set")
    func everyInstructionSet() throws {
        let fixture = TrainingFixture()
        let student = fixture.student(hidden: 17)
        let parameters = try ParameterStore(student.parameters, seed: 3)
        let expected = try inference(student, parameters, kernels: "portable").run(fixture.set.features)
        for name in Kernels.availableNames {
            #expect(try inference(student, parameters, kernels: name).run(fixture.set.features) == expected)
        }
    }

    @Test("the training graph without dropout has the bits of the evaluation graph")
    func trainingForwardIsInference() throws {
        let fixture = TrainingFixture()
        let student = fixture.student(hidden: 17)
        let parameters = try ParameterStore(student.parameters, seed: 3)
        var graphs = [Graph(), Graph()]
        for (index, training) in [false, true].enumerated() {
            graphs[index].output("logits", student.logits(in: &graphs[index], training: training))
        }
        let outputs = try graphs.map {
            try Inference($0, output: "logits", parameters: parameters, kernels: Kernels()).run(fixture.set.features)
        }
        #expect(outputs[0].map(\.bitPattern) == outputs[1].map(\.bitPattern))
    }

    @Test("is what the deployed file predicts, bit for bit", arguments: [ElementType.float32, .int8Rows, .int4Rows])
    func deployedFileIsTheEvaluatedModel(table: ElementType) throws {
        let fixture = TrainingFixture(examples: 100)
        let student = fixture.student(hidden: 17)
        let trainer = try fixture.trainer(student, settings: .small())
        try trainer.run(epochs: 2)
        var graph = Graph()
        graph.output(
            "probabilities", graph.apply(.softmax(temperature: 1.3), student.logits(in: &graph, training: false)))
        let linear: ElementType = table == .float32 ? .float32Panels : .int8Panels
        let quantized = try WeightQuantizer(table: table, linear: linear, clip: .mse)
            .quantize(graph, parameters: trainer.parameters)
        let evaluated = try Inference(
            quantized.graph, output: "probabilities", parameters: quantized.parameters, kernels: Kernels()
        ).run(fixture.set.features)

        let program = try quantized.graph.lowered()
        let file = ModelFileWriter(
            program: program,
            parameters: program.parameters.compactMap { quantized.parameters.index(of: program.buffers[$0].name) }
                .map { UnsafeRawBufferPointer(quantized.parameters.bytes($0)) },
            featurizer: .nGrams(fixture.featurizer), labels: ["a", "b", "c"], metadata: "{}")
        let folder = try TemporaryFolder()
        let classifier = try Classifier(contentsOf: folder.write(file.bytes(), to: "model.attar"))
        for (index, text) in fixture.texts.enumerated() {
            let prediction = classifier.predict(text)
            #expect(
                prediction.probabilities.map(\.bitPattern) == evaluated[(index * 3)..<(index * 3 + 3)].map(\.bitPattern)
            )
        }
    }
}

@Suite("Packed features")
struct PackedFeaturesTests {
    @Test("of a text do not depend on its neighbours")
    func neighbours() {
        var random = SeededRandom(seed: 4)
        let featurizer = NGramFeaturizer(buckets: 997, maximumBytes: 60)
        // More than one chunk of parallel work.
        let texts = (0..<1100).map { _ in
            String(decoding: RandomText.bytes(longest: 90, &random), as: UTF8.self)
        }
        let packed = PackedFeatures(texts, featurizer: featurizer)
        #expect(packed.count == texts.count)
        #expect(packed.truncatedTexts == texts.filter { $0.utf8.count > 60 }.count)
        for (index, text) in texts.enumerated() {
            let alone = PackedFeatures([text], featurizer: featurizer)
            let range = packed.offsets[index]..<packed.offsets[index + 1]
            #expect(alone.ids == Array(packed.ids[range]))
            #expect(alone.weights == Array(packed.weights[range]))
        }
    }

    @Test("of no texts are none")
    func empty() {
        let packed = PackedFeatures([], featurizer: NGramFeaturizer(buckets: 7))
        #expect(packed.count == 0 && packed.longest == 0 && packed.offsets == [0])
    }
}
