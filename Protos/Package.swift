// swift-tools-version: 6.2

import PackageDescription

/// The messages and stubs generated from the `.proto` files of this folder, as one shared library: libContracts.so.
/// SwiftProtobuf comes with MeshKit; naming it here too would link a second copy of it.
let package = Package(
    name: "Protos",
    products: [
        .library(name: "Contracts", type: .dynamic, targets: ["Contracts"])
    ],
    dependencies: [
        .package(path: "../Host/MeshKit")
    ],
    targets: [
        .target(
            name: "Contracts",
            dependencies: [.product(name: "MeshKit", package: "MeshKit")],
            exclude: ["inputs.sha256"]
        )
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
