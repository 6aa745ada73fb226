// swift-tools-version: 6.2

import PackageDescription

/// What `Protos/generate` runs inside protoc. A package of its own: nobody else waits for it to build.
let package = Package(
    name: "generator",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: [])
    ],
    targets: [
        .executableTarget(
            name: "protoc-gen-lonja",
            dependencies: [
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "SwiftProtobufPluginLibrary", package: "swift-protobuf"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        )
    ]
)
