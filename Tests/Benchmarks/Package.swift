// swift-tools-version: 6.2

import PackageDescription

/// What is measured from inside a process. A package of its own, so that no other build pays for it.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(path: "../../Host/MeshKit"),
        .package(path: "../../Protos"),
    ],
    targets: [
        .executableTarget(
            name: "ApiBenchmark",
            dependencies: ["Load", .product(name: "MeshKit", package: "MeshKit")]
        ),
        .executableTarget(
            name: "IdentityBenchmark",
            dependencies: [
                "Load", .product(name: "MeshKit", package: "MeshKit"), .product(name: "Contracts", package: "Protos"),
            ]
        ),
        .target(name: "Load", dependencies: [.product(name: "MeshKit", package: "MeshKit")]),
        .executableTarget(
            name: "LocalCallBenchmark",
            dependencies: [
                .product(name: "MeshKit", package: "MeshKit"), .product(name: "Contracts", package: "Protos"),
            ]
        ),
        .executableTarget(
            name: "StoresBenchmark",
            dependencies: ["Load", .product(name: "MeshKit", package: "MeshKit")]
        ),
        .executableTarget(
            name: "TradesBenchmark",
            dependencies: [
                "Load", .product(name: "MeshKit", package: "MeshKit"), .product(name: "Contracts", package: "Protos"),
            ]
        ),
    ]
)

/// The same list as in the root's `Package.swift`.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .treatAllWarnings(as: .error),  // SE-0443
]
for target in package.targets {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
