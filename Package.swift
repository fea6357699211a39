// swift-tools-version: 6.1
import PackageDescription

/// The kernels are optimised in debug builds too: unoptimised inner loops make tests crawl.
let kernelSettings: [CSetting] = [
    .unsafeFlags(["-O3"], .when(configuration: .debug))
]

let package = Package(
    name: "attar",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .executable(name: "attar", targets: ["attar"]),
        .library(name: "AttarRuntime", targets: ["AttarRuntime"]),
        .library(name: "AttarC", type: .dynamic, targets: ["AttarC"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // The deployable part: no Foundation, no third-party code.
        .target(name: "CAttarKernels", cSettings: kernelSettings),
        .target(name: "AttarRuntime", dependencies: ["CAttarKernels"], exclude: ["ModelFile/Format.md"]),
        // The C ABI: its header, and what implements it.
        .target(name: "CAttar", exclude: ["examples", "freestanding"]),
        .target(name: "AttarC", dependencies: ["AttarRuntime", "CAttar"]),

        // Graphs and training.
        .target(name: "CAttarTrainingKernels", dependencies: ["CAttarKernels"], cSettings: kernelSettings),
        .target(name: "AttarGraph", dependencies: ["AttarRuntime"]),
        .target(name: "AttarStatistics"),
        .target(name: "AttarStudents", dependencies: ["AttarGraph"]),
        .target(
            name: "AttarTraining",
            dependencies: [
                "AttarStudents", "AttarData", "AttarStatistics", "CAttarTrainingKernels", "AttarHDF5",
            ]),
        .target(name: "AttarQuantization", dependencies: ["AttarTraining"]),

        // Data on disk.
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
        .target(name: "AttarHDF5", dependencies: ["CHDF5"]),
        .target(name: "AttarData", dependencies: ["AttarHDF5", "AttarRuntime"]),

        // The teacher.
        .target(
            name: "AttarTeacher",
            dependencies: [
                "AttarData", "AttarStatistics",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // From a recipe to a report.
        .target(
            name: "AttarEvaluation", dependencies: ["AttarData", "AttarHDF5", "AttarRuntime", "AttarStatistics"],
            exclude: ["report.schema.json"]),
        .target(
            name: "AttarPipeline",
            dependencies: [
                "AttarQuantization", "AttarEvaluation", "AttarTeacher",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "attar",
            dependencies: [
                "AttarPipeline", "AttarTeacher", "AttarData", "AttarRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Measurements.
        .target(name: "CAttarPeak", cSettings: kernelSettings),
        .executableTarget(
            name: "attar-bench",
            dependencies: [
                "AttarPipeline", "AttarQuantization", "AttarEvaluation", "CAttarPeak",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Tests.
        .target(
            name: "AttarTestSupport",
            dependencies: [
                "AttarGraph", "AttarData",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/AttarTestSupport"),
        .testTarget(
            name: "AttarRuntimeTests",
            dependencies: ["AttarRuntime", "CAllocationCounter", "CAttarTrainingKernels", "AttarTestSupport"]),
        .testTarget(
            name: "AttarCTests", dependencies: ["AttarC", "AttarRuntime", "CAllocationCounter", "AttarTestSupport"]),
        .testTarget(name: "AttarGraphTests", dependencies: ["AttarGraph", "AttarTraining", "AttarTestSupport"]),
        .testTarget(
            name: "AttarStatisticsTests", dependencies: ["AttarStatistics", "AttarTestSupport"], exclude: ["Goldens"]),
        .testTarget(
            name: "AttarDataTests", dependencies: ["AttarData", "AttarHDF5", "AttarTestSupport"], exclude: ["Goldens"]),
        .testTarget(name: "AttarTeacherTests", dependencies: ["AttarTeacher", "AttarTestSupport"]),
        .executableTarget(
            name: "Soak",
            dependencies: [
                "AttarTeacher", "AttarTestSupport", .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/Soak", exclude: ["power-loss.c"]),
        .executableTarget(name: "SmallModels", dependencies: ["AttarTestSupport"], path: "Tests/SmallModels"),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "AttarTrainingTests",
            dependencies: ["AttarQuantization", "AttarHDF5", "AttarTestSupport", "CAllocationCounter"],
            exclude: ["Goldens"]),
        .testTarget(
            name: "AttarEvaluationTests", dependencies: ["AttarEvaluation", "AttarTestSupport"], exclude: ["Goldens"]),
        .testTarget(name: "AttarPipelineTests", dependencies: ["AttarPipeline", "AttarTestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
