import AttarData
import Foundation
import Testing

@Suite struct TrainingDatasetTests {
    private let dataset = Samples.dataset(rows: 300, seed: 61)

    @Test func contaminatedRowsAreLeftOutAndListed() {
        let heldOut = [40, 77, 200].map { dataset.rows[$0].text.uppercased() }
        let checked = TrainingDataset(dataset, heldOut: Fingerprint(heldOut: heldOut))
        let out = Set(checked.contaminated.map(\.row))
        #expect(out.isSuperset(of: [40, 77, 200]))
        #expect(checked.contaminated.allSatisfy { $0.id == dataset.rows[$0.row].id })
        let kept = dataset.rows.indices.filter { !out.contains($0) }
        #expect(checked.dataset.rows == kept.map { dataset.rows[$0] })
        #expect(haveSameAnswers(checked.dataset, dataset.selecting(kept)))
        #expect(checked.dataset.teachers[0].probabilities.count == kept.count * dataset.labels.count)
    }

    @Test func aFileThatIsNotCleanIsRefused() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "dataset.h5")
            let clean = TrainingDataset(dataset, heldOut: Fingerprint(heldOut: []))
            try clean.write(to: url)
            #expect(areSame(try TrainingDataset.read(url, heldOut: Fingerprint(heldOut: ["other"])).dataset, dataset))
            let text = dataset.rows[123].text
            let error = try #require(throws: DataError.self) {
                try TrainingDataset.read(url, heldOut: Fingerprint(heldOut: [text]))
            }
            guard case .contaminated(url.path, let rows) = error else { throw error }
            #expect(rows.contains { $0.row == 123 && $0.reason == .exact })
            #expect("\(error)".contains(dataset.rows[123].id))
            #expect(!"\(error)".contains(text))
        }
    }
}
