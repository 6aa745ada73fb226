// swift-tools-version: 6.2

import PackageDescription

/// Everything that crosses the plugin boundary, or is state of the process, as one shared library: libMeshKit.so.
/// The order of the targets is the order of the layers: a module imports only modules above it.
let package = Package(
    name: "MeshKit",
    products: [
        .library(
            name: "MeshKit",
            type: .dynamic,
            targets: [
                "CMeshABI", "Deflate", "Digest", "Reactor", "Money", "Observe", "Config", "TLS", "HTTP", "Fetch",
                "Postgres", "RPC",
                "Valkey",
                "Plugin",
            ]
        ),
        .plugin(name: "MeshStamp", targets: ["MeshStamp"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: C
        .target(name: "CMeshABI"),
        .target(name: "CLazyLibraries"),
        .target(name: "CSystemEpoll"),
        // No pkgConfig for these, libpq, OpenSSL and zlib: they must not be linked, CLazyLibraries opens them.
        .systemLibrary(name: "CSystemCURL", providers: [.apt(["libcurl4-openssl-dev", "libssl-dev"])]),
        .systemLibrary(name: "CSystemNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CSystemPQ", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSystemSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystemZ", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSystemYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        // No pkgConfig: SwiftPM refuses the flags in Debian's hiredis.pc.
        .systemLibrary(name: "CSystemHiredis", providers: [.apt(["libhiredis-dev"])]),

        // MARK: Swift
        .target(name: "Deflate", dependencies: ["CLazyLibraries", "CSystemZ"]),
        .target(name: "Digest"),
        .target(name: "Reactor", dependencies: ["CSystemEpoll"]),
        .target(name: "Money"),
        .target(name: "Observe", dependencies: ["Reactor", .product(name: "Logging", package: "swift-log")]),
        .target(
            name: "Config",
            dependencies: [
                "CSystemYAML", "Observe", "Reactor",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "TLS",
            dependencies: [
                "CLazyLibraries", "CSystemSSL", "Observe", "Reactor", .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "HTTP", dependencies: ["CSystemNGHTTP2", "Observe", "Reactor", "TLS"]),
        .target(
            name: "Fetch",
            dependencies: ["CLazyLibraries", "CSystemCURL", "Deflate", "HTTP", "Observe", "Reactor"]
        ),
        .target(
            name: "Postgres",
            dependencies: [
                "CLazyLibraries", "CSystemPQ", "CSystemSSL", "Digest", "Money", "Observe", "Reactor",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "RPC",
            dependencies: [
                "CLazyLibraries", "Deflate", "Digest", "HTTP", "Observe", "Reactor", "TLS",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        .target(name: "Valkey", dependencies: ["CSystemHiredis", "Observe", "Reactor", "TLS"]),
        .target(
            name: "Plugin",
            dependencies: [
                "CMeshABI", "Config", "Digest", "HTTP", "Money", "Observe", "Postgres", "Reactor", "RPC", "TLS",
                "Valkey",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            plugins: ["MeshStamp"]
        ),

        // MARK: Tools
        .executableTarget(name: "MeshStampTool", dependencies: ["CMeshABI", "Digest"]),
        .plugin(name: "MeshStamp", capability: .buildTool(), dependencies: ["MeshStampTool"]),
    ]
)

/// One list of settings for every Swift target; `Package.swift` of the root and of `Protos` hold the same but for the last.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .treatAllWarnings(as: .error),  // SE-0443
    // What a loop owns is touched by that loop alone, and debug builds, which all tests run, check each access: without the
    // checks a release build answers a tenth more calls.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]
let withoutSwift = ["CLazyLibraries", "CMeshABI", "CSystemEpoll"]
for target in package.targets where ![.system, .plugin].contains(target.type) && !withoutSwift.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
