import AttarData
import Foundation
import Testing

/// Files open in h5py as they are.
@Suite struct OtherReadersTests {
    private static let python: String? = {
        let named = ProcessInfo.processInfo.environment["ATTAR_PYTHON"].map { [$0] } ?? []
        return (named + ["python3"]).first { (try? run($0, "-c", "import h5py"))?.status == 0 }
    }()

    private static func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private struct Seen: Codable, Equatable {
        var format: String
        var labels: [String]
        var texts: [String]
        var gold: [Int]
        var split: [Int]
        var teachers: [String]
        var answered: Int
        var filters: [Bool]
    }

    private static let script = """
        import h5py, json, sys
        f = h5py.File(sys.argv[1], "r")
        text = lambda d: d.asstr()[:].tolist()
        p = [f["teachers"][k]["probabilities"] for k in sorted(f["teachers"])]
        print(json.dumps(dict(
            format=f.attrs["format"], labels=text(f["labels"]), texts=text(f["rows/text"]),
            gold=f["rows/gold"][:].tolist(), split=f["rows/split"][:].tolist(),
            teachers=[f["teachers"][k].attrs["name"] for k in sorted(f["teachers"])],
            answered=int((p[0][:] == p[0][:]).all(axis=1).sum()),
            filters=[p[0].chunks is not None, p[0].shuffle, p[0].compression == "gzip", p[0].fletcher32])))
        """

    @Test(.enabled(if: python != nil, "needs a Python that has h5py; ATTAR_PYTHON names one"))
    func h5pyShowsTextsLabelsAndProbabilities() throws {
        try withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("d.h5")
            let dataset = Samples.dataset(rows: 60, seed: 4)
            try DatasetFile.write(dataset, to: url)
            let result = try Self.run(try #require(Self.python), "-c", Self.script, url.path)
            let seen = try JSONDecoder().decode(Seen.self, from: Data(result.output.utf8))
            let expected = Seen(
                format: DatasetFile.format, labels: dataset.labels, texts: dataset.rows.map(\.text),
                gold: dataset.rows.map { $0.gold ?? -1 }, split: dataset.rows.map { Int($0.split.rawValue) },
                teachers: dataset.teachers.map(\.name),
                answered: dataset.rows.indices.count { dataset.probabilities(teacher: 0, row: $0) != nil },
                filters: [true, true, true, true])
            #expect(seen == expected)
        }
    }
}
