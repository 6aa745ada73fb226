// swift-tools-version: 6.2

import PackageDescription

/// The tests that watch the loops of the three clients, without the services: what `Tests/Benchmarks/run blocked` builds
/// in release mode. It puts this manifest beside links to the folders Host and Tests, since a package's targets must lie
/// inside of it.
let package = Package(
    name: "Blocked",
    dependencies: [.package(path: "Host/MeshKit")],
    targets: [
        .testTarget(
            name: "FetchTests",
            dependencies: ["TestServers", .product(name: "MeshKit", package: "MeshKit")],
            path: "Tests/FetchTests",
            exclude: ["Servers", "requirements.txt"]
        ),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["TestServers", .product(name: "MeshKit", package: "MeshKit")],
            path: "Tests/PostgresTests"
        ),
        .target(
            name: "TestServers",
            dependencies: [.product(name: "MeshKit", package: "MeshKit")],
            path: "Tests/Support/TestServers",
            exclude: ["Servers"]
        ),
        .testTarget(
            name: "ValkeyTests",
            dependencies: ["TestServers", .product(name: "MeshKit", package: "MeshKit")],
            path: "Tests/ValkeyTests"
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
