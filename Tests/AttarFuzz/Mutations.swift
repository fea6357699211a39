import AttarGraph
import AttarRuntime
import AttarTestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two ways to start: `mutate COUNT SEED` opens so many changed files; `seeds FOLDER` writes files to start from.
@main
struct Mutations {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "seeds" {
            try writeSeeds(to: arguments[2])
        } else if arguments.count == 4, arguments[1] == "mutate", let count = Int(arguments[2]),
            let seed = UInt64(arguments[3])
        {
            try mutate(count: count, seed: seed)
        } else {
            print("attar-fuzz mutate COUNT SEED\nattar-fuzz seeds FOLDER")
            exit(2)
        }
    }

    private static func mutate(count: Int, seed: UInt64) throws {
        var mutator = try ModelMutator(models: ModelMutator.models(), seed: seed)
        // The last one is the portable one, which is slow.
        let tables = try Kernels.availableNames.map { try Kernels(named: $0) }
        let fast = max(tables.count - 1, 1)
        let clock = ContinuousClock()
        let start = clock.now
        var accepted = 0
        for done in 1...count {
            let memory = FileMemory(mutator.next())
            let kernels = done % 64 == 0 ? tables[tables.count - 1] : tables[done % fast]
            if Victim.run(memory.bytes, kernels: kernels) { accepted += 1 }
            if done % 100_000 == 0 || done == count {
                let seconds = Int((clock.now - start).components.seconds)
                print("\(done) files, \(accepted) accepted, \(seconds) s, \(done / max(seconds, 1)) a second")
                fflush(nil)
            }
        }
    }

    private static func writeSeeds(to folder: String) throws {
        let kernels = try Kernels()
        for (index, model) in try ModelMutator.models().enumerated() {
            for (name, bytes) in [("plain", model.bytes), ("certified", try model.certifiedBytes(kernels: kernels))] {
                guard let file = fopen("\(folder)/\(name)-\(index).attar", "w") else { exit(1) }
                fwrite(bytes, 1, bytes.count, file)
                fclose(file)
            }
        }
    }
}
