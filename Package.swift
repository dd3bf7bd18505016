// swift-tools-version: 6.2
// The rooms of swift-mixed-models: each target imports only what stands above it.

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A room of the library.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// The tests of a room.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["MixedTestSupport"], exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "swift-mixed-models",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "MixedModels", targets: ["MixedModels"]),
        .executable(name: "mixed", targets: ["mixed"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        .target(
            name: "CLAPACK",
            linkerSettings: [
                .linkedLibrary("openblas", .when(platforms: [.linux])),
                .linkedFramework("Accelerate", .when(platforms: [.macOS, .iOS])),
            ]),
        .target(name: "CBoostMath"),
        .target(name: "CKernels"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        room("MixedProgress"),
        room("MixedNumerics", ["CBoostMath"]),
        room("MixedLinearAlgebra", ["CLAPACK", "MixedProgress"]),
        room("MixedSyntax"),
        room("MixedTables", ["MixedSyntax", "MixedProgress", "CZlib", "CKernels"]),
        room("MixedDesign", ["MixedTables", "MixedSyntax", "MixedLinearAlgebra", "MixedProgress", "CKernels"]),
        room(
            "LinearMixedModels",
            ["MixedDesign", "MixedLinearAlgebra", "MixedNumerics", "MixedTables", "MixedSyntax", "MixedProgress"]),
        room(
            "MixedInference",
            ["LinearMixedModels", "MixedDesign", "MixedTables", "MixedSyntax", "MixedLinearAlgebra", "MixedNumerics"]),
        room(
            "MixedReports",
            [
                "MixedInference", "LinearMixedModels", "MixedDesign", "MixedTables", "MixedSyntax", "MixedNumerics",
                "MixedLinearAlgebra", "MixedProgress", "CZlib",
            ]),
        room(
            "MixedModels",
            [
                "MixedReports", "MixedInference", "LinearMixedModels", "MixedDesign", "MixedTables", "MixedSyntax",
                "MixedProgress",
            ],
            resources: [.copy("Data")]),
        .executableTarget(
            name: "mixed",
            dependencies: [
                "MixedModels", "CKernels", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "MixedModels", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks", exclude: ["Peers", "Plots", "README.md"], swiftSettings: strict),

        .target(
            name: "MixedTestSupport", dependencies: ["MixedTables"], path: "Tests/MixedTestSupport",
            exclude: ["Reference"],
            swiftSettings: strict),
        tests("MixedNumericsTests", ["MixedNumerics"]),
        tests("MixedLinearAlgebraTests", ["MixedLinearAlgebra", "MixedProgress"]),
        tests("MixedSyntaxTests", ["MixedSyntax"]),
        tests("MixedTablesTests", ["MixedTables", "MixedSyntax", "MixedProgress"]),
        tests(
            "MixedDesignTests", ["MixedDesign", "MixedTables", "MixedSyntax", "MixedLinearAlgebra"],
            exclude: ["Goldens"]),
        tests(
            "LinearMixedModelsTests",
            [
                "LinearMixedModels", "MixedDesign", "MixedTables", "MixedSyntax", "MixedLinearAlgebra",
                "MixedNumerics", "MixedProgress",
            ]),
        tests(
            "MixedInferenceTests",
            [
                "MixedInference", "LinearMixedModels", "MixedDesign", "MixedTables", "MixedSyntax",
                "MixedLinearAlgebra",
                "MixedNumerics",
            ],
            exclude: ["Goldens"]),
        tests(
            "MixedReportsTests",
            [
                "MixedReports", "MixedInference", "LinearMixedModels", "MixedDesign", "MixedTables", "MixedSyntax",
                "MixedLinearAlgebra", "MixedProgress",
            ]),
        tests("MixedModelsTests", ["MixedModels"]),
        tests(
            "MixedCommandTests",
            ["mixed", "MixedModels", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    ],
    cxxLanguageStandard: .cxx17
)
