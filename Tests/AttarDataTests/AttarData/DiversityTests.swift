import AttarData
import Foundation
import Testing

@Suite struct DiversityTests {
    /// Written by Goldens/make_diversity.py with NLTK.
    private struct Golden: Decodable {
        let texts: [String]
        let distinct: [Double]
        let selfBLEU: Double
    }

    @Test func figuresAreThoseOfNLTK() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Goldens/diversity.json")
        for golden in try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file)) {
            for (index, expected) in golden.distinct.enumerated() {
                let found = try #require(Diversity.distinct(index + 1, in: golden.texts))
                #expect(abs(found - expected) < 1e-12)
            }
            #expect(abs(try #require(Diversity.selfBLEU(golden.texts)) - golden.selfBLEU) < 1e-12)
        }
    }

    @Test func copiesAreTheLeastDiverse() throws {
        var generator = SeededGenerator(seed: 81)
        let texts = (0..<200).map { _ in Samples.sentence(words: 8...12, using: &generator) }
        let copies = (0..<200).map { texts[$0 % 10] }
        let (many, few) = (DiversityFigures(of: texts), DiversityFigures(of: copies))
        #expect(few.selfBLEU == 1)
        #expect(try #require(many.selfBLEU) < 0.5)
        #expect(few.nearCopies == 0.95)
        #expect(many.nearCopies == 0)
        for (left, right) in zip(few.distinct, many.distinct) { #expect(try #require(left) < #require(right)) }
    }

    @Test func textsOfNothingHaveNoFigures() {
        let none = DiversityFigures(of: [])
        #expect(none.distinct == [nil, nil, nil])
        #expect(none.selfBLEU == nil)
        #expect(none.seeds == nil)
        #expect(DiversityFigures(of: ["one"], seeds: ["one"]).selfBLEU == nil)
        #expect(Diversity.selfBLEU(["", ""]) == 0)
    }

    @Test func nearnessToSeedsIsThatOfTheNearest() throws {
        let seeds = ["the kettle boils fast", "the lid is loose"]
        let distance = try #require(SeedDistance(of: ["The kettle boils fast!", "quick brown foxes jump"], to: seeds))
        #expect(distance.largestSimilarity == 1)
        #expect(distance.copies == 0.5)
        #expect(distance.meanSimilarity >= 0.5 && distance.meanSimilarity < 0.6)
    }

    @Test func wordsOfAnotherKindOfTextDiverge() throws {
        var generator = SeededGenerator(seed: 82)
        let texts = (0..<2000).map { _ in Samples.sentence(words: 5...20, using: &generator) }
        let heldOut = Fingerprint(heldOut: Array(texts.prefix(1000)))
        let same = DiversityFigures(of: Array(texts.suffix(1000)), heldOut: heldOut)
        let other = DiversityFigures(
            of: texts.suffix(1000).map { String($0.reversed()) }, seeds: Array(texts.suffix(1000)), heldOut: heldOut)
        let (near, far) = (try #require(same.divergenceFromHeldOut), try #require(other.divergenceFromHeldOut))
        #expect(near >= 0 && near < 0.02)
        #expect(far > 0.2 && far <= 1)
        #expect(other.seedDivergenceFromHeldOut == near)
        #expect(
            DiversityFigures(of: texts, heldOut: Fingerprint(heldOut: Array(texts.prefix(20)))).divergenceFromHeldOut
                == nil)
    }

    @Test func coverageCountsValuesPairsAndCells() {
        let grid = [("product", ["kettle", "lamp"]), ("mood", ["glad", "cross", "calm"])]
            .map { (name: $0.0, values: $0.1) }
        let coverage = GridCoverage(
            of: [["kettle", "glad"], ["kettle", "glad"], ["kettle", "cross"], ["sofa", "glad"]], grid: grid)
        #expect(coverage.values.covered == 3 && coverage.values.possible == 5)
        #expect(coverage.pairs.covered == 2 && coverage.pairs.possible == 6)
        #expect(coverage.cells.covered == 2 && coverage.cells.possible == 6)
        #expect(coverage.missing == [["product", "lamp"], ["mood", "calm"]])
        #expect(GridCoverage(of: [], grid: []).values.share == nil)
    }
}
