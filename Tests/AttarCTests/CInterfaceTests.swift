import AttarC
import AttarRuntime
import AttarTestSupport
import CAllocationCounter
import CAttar
import Foundation
import Testing

private let ok = attar_status(ATTAR_OK)

/// A model file in aligned memory, opened through the C interface.
private final class OpenModel {
    let memory: UnsafeMutableRawBufferPointer
    private(set) var model: OpaquePointer?
    private(set) var status = ok

    init(_ bytes: [UInt8]) {
        memory = .allocate(byteCount: bytes.count, alignment: 64)
        memory.copyBytes(from: bytes)
        status = attar_model_open_memory(memory.baseAddress, memory.count, &model)
    }

    deinit {
        attar_model_close(model)
        memory.deallocate()
    }
}

@Suite("The C interface")
struct CInterfaceTests {
    private static func text(_ copy: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> String {
        let size = copy(nil, 0)
        var text = [CChar](repeating: 1, count: size + 1)
        #expect(copy(&text, size + 1) == size && text[size] == 0)
        return String(decoding: text.prefix(size).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test("predicts what the Swift one predicts, one text or many at a time")
    func predictions() throws {
        let bytes = try SmallModel(labels: ["no", "peut-être", "да"]).certifiedBytes(kernels: Kernels())
        let open = OpenModel(bytes)
        #expect(open.status == ok && attar_model_verify(open.model, nil, nil) == ok)
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "model.attar")
        let expected = try Classifier(contentsOf: path)

        var fromPath: OpaquePointer?
        #expect(attar_model_open(path, &fromPath) == ok)
        attar_model_close(fromPath)

        var classifier: OpaquePointer?
        var batch: OpaquePointer?
        #expect(attar_classifier_open(open.model, "portable", nil, 0, &classifier) == ok)
        #expect(attar_batch_open(open.model, nil, 2, &batch) == ok)
        defer {
            attar_classifier_close(classifier)
            attar_batch_close(batch)
        }
        #expect(attar_model_labels(open.model) == 3)
        #expect((0..<3).map { label in Self.text { attar_model_label(open.model, label, $0, $1) } } == expected.labels)
        #expect(Self.text { attar_model_metadata(open.model, $0, $1) } == expected.file.metadata)

        var random = SeededRandom(seed: 3)
        let texts = (0..<50).map { RandomText.sentence(words: $0 % 6, &random) }
        let copies = texts.map { UnsafePointer(strdup($0)) }
        defer { for copy in copies { free(UnsafeMutablePointer(mutating: copy)) } }
        var many = [attar_prediction](repeating: attar_prediction(), count: texts.count)
        var probabilities = [Float](repeating: 0, count: texts.count * 3)
        let sizes = texts.map(\.utf8.count)
        #expect(attar_batch_predict(batch, copies, sizes, texts.count, &many, &probabilities) == ok)
        for (index, text) in texts.enumerated() {
            let wanted = expected.predict(text)
            var found = attar_prediction()
            #expect(attar_predict(classifier, text, text.utf8.count, &found) == ok)
            #expect(found.label == wanted.index && found.probability == wanted.confidence && found.abstains == 0)
            #expect(many[index].label == wanted.index && many[index].probability == wanted.confidence)
            let all = UnsafeBufferPointer(start: attar_probabilities(classifier), count: 3)
            #expect(Array(all) == wanted.probabilities)
            #expect(Array(probabilities[(3 * index)..<(3 * index + 3)]) == wanted.probabilities)
            var top = [attar_ranked_label](repeating: attar_ranked_label(), count: 5)
            #expect(attar_top(classifier, &top, 5) == 3)
            #expect(top.prefix(3).map(\.label) == wanted.top(3).map(\.index))
        }
    }

    @Test("defers what the model's cascade defers")
    func cascade() throws {
        var small = try SmallModel(width: 6)
        small.decision = .deferring(labels: 3)
        let open = OpenModel(small.bytes)
        let expected = try Classifier(ModelFile(bytes: UnsafeRawBufferPointer(open.memory), owner: open))
        var classifier: OpaquePointer?
        var batch: OpaquePointer?
        #expect(attar_classifier_open(open.model, nil, nil, 0, &classifier) == ok)
        #expect(attar_batch_open(open.model, nil, 1, &batch) == ok)
        defer {
            attar_classifier_close(classifier)
            attar_batch_close(batch)
        }
        var random = SeededRandom(seed: 9)
        for size in 0..<40 {
            let text = RandomText.sentence(words: size % 6, &random)
            let wanted = expected.predict(text)
            var (one, many) = (attar_prediction(), attar_prediction())
            #expect(attar_predict(classifier, text, text.utf8.count, &one) == ok)
            text.withCString { characters in
                var (texts, sizes): (UnsafePointer<CChar>?, Int) = (characters, text.utf8.count)
                #expect(attar_batch_predict(batch, &texts, &sizes, 1, &many, nil) == ok)
            }
            for found in [one, many] {
                #expect(found.defers == (wanted.defers ? 1 : 0) && found.score == wanted.score)
            }
        }
    }

    @Test("keeps a model that was closed for what was made from it")
    func lifetimes() throws {
        let folder = try TemporaryFolder()
        var model: OpaquePointer?
        var classifier: OpaquePointer?
        #expect(attar_model_open(try folder.write(SmallModel().bytes, to: "model.attar"), &model) == ok)
        #expect(attar_classifier_open(model, nil, nil, 0, &classifier) == ok)
        var (before, after) = (attar_prediction(), attar_prediction())
        #expect(attar_predict(classifier, "hello", 5, &before) == ok)
        attar_model_close(model)
        #expect(attar_predict(classifier, "hello", 5, &after) == ok)
        attar_classifier_close(classifier)
        #expect(before.label == after.label && before.probability == after.probability)
    }

    @Test("copies as much of a text as there is room for")
    func room() throws {
        let open = OpenModel(try SmallModel(labels: ["no", "perhaps", "yes"]).bytes)
        var text = [CChar](repeating: 1, count: 8)
        #expect(attar_model_label(open.model, 1, &text, 4) == 7)
        #expect(text.map { UInt8(bitPattern: $0) } == Array("per\0".utf8) + [1, 1, 1, 1])
        #expect(attar_model_label(open.model, 9, &text, 4) == 0 && text[0] == 0)
    }

    @Test("refuses bad arguments with a status, and each has a text")
    func refusals() throws {
        let bytes = try SmallModel().bytes
        let open = OpenModel(bytes)
        var handle: OpaquePointer? = open.model
        let bad = attar_status(ATTAR_BAD_ARGUMENT)
        #expect(attar_model_open(nil, &handle) == bad && attar_model_open("", nil) == bad)
        #expect(attar_model_open("/nowhere/model.attar", &handle) == ATTAR_CANNOT_OPEN && handle == nil)
        #expect(attar_model_open("/", &handle) == ATTAR_NOT_A_FILE)
        #expect(attar_model_open_memory(open.memory.baseAddress! + 4, bytes.count - 4, &handle) == ATTAR_NOT_ALIGNED)
        #expect(OpenModel(Array(bytes.prefix(70))).status == ATTAR_DAMAGED)
        #expect(OpenModel([UInt8](repeating: 7, count: 640)).status == ATTAR_NOT_A_MODEL)
        #expect(attar_model_verify(open.model, nil, nil) == ATTAR_NO_CERTIFICATE)
        #expect(attar_model_verify(nil, nil, nil) == bad)
        #expect(attar_classifier_open(open.model, "abacus", nil, 0, &handle) == ATTAR_UNKNOWN_KERNELS && handle == nil)
        #expect(attar_classifier_open(nil, nil, nil, 0, &handle) == bad)
        let few = attar_classifier_bytes(open.model) - 1
        let memory = UnsafeMutableRawPointer.allocate(byteCount: few, alignment: 64)
        defer { memory.deallocate() }
        #expect(attar_classifier_open(open.model, nil, memory, few, &handle) == ATTAR_MEMORY_UNFIT)
        #expect(attar_batch_open(open.model, nil, 0, &handle) == bad)
        #expect(attar_predict(nil, "", 0, nil) == bad && attar_probabilities(nil) == nil && attar_top(nil, nil, 3) == 0)
        attar_model_close(nil)
        attar_classifier_close(nil)
        attar_batch_close(nil)
        let texts = (0..<16).map { String(cString: attar_status_text($0)) }
        #expect(Set(texts).count == 16 && String(cString: attar_status_text(99)) == "an unknown status")
    }

    @Test("names the kernels of this processor, the fastest first, portable last")
    func kernels() {
        var names: [String] = []
        while let name = attar_instruction_set(names.count) { names.append(String(cString: name)) }
        #expect(names == Kernels.availableNames && names.last == "portable")
    }

    @Test("allocates nothing for a prediction", .enabled(if: allocation_counter_works()))
    func allocations() throws {
        let open = OpenModel(try SmallModel().bytes)
        var classifier: OpaquePointer?
        #expect(attar_classifier_open(open.model, nil, nil, 0, &classifier) == ok)
        defer { attar_classifier_close(classifier) }
        let text = Array("My card was charged twice!".utf8CString)
        var found = attar_prediction()
        var top = attar_ranked_label()
        allocation_counter_set(true)
        defer { allocation_counter_set(false) }
        let before = allocation_counter_read_own()
        for size in 0..<text.count {
            _ = attar_predict(classifier, text, size, &found)
            _ = attar_top(classifier, &top, 1)
        }
        let taken = allocation_counter_read_own() - before
        allocation_counter_set(false)
        #expect(taken == 0)
    }
}
