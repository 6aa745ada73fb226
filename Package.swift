// swift-tools-version: 6.2

import PackageDescription

// MARK: Shared

let meshKit: Target.Dependency = .product(name: "MeshKit", package: "MeshKit")
let contracts: Target.Dependency = .product(name: "Contracts", package: "Protos")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let stamp: Target.PluginUsage = .plugin(name: "MeshStamp", package: "MeshKit")

// MARK: Services and drivers

/// Each is a library of logic, which tests link, and a door around it, which nobody links: lib<Name>Plugin.so.
let services = ["Auth", "Gateway", "Market", "Notification", "Profile", "Wallet", "Web"]

/// Folder below Plugins/Drivers of each driver; the last part names it: lib<Name>Driver.so around <Name><Folder>.
/// Quotes/Replay is Plugins/Drivers/Quotes/Replay/{ReplayQuotes,ReplayDriver}.
let drivers = [
    "Brokerage/Alpaca", "Brokerage/Paper", "Mail/Outbox", "Mail/SMTP", "Mail/SendGrid", "Quotes/AlpacaData",
    "Quotes/IEX", "Quotes/Replay",
]

/// C targets beside the logic of a driver, with the libraries that they link and nobody else.
let driverLibraries: [String: (target: String, libraries: [String])] = [
    "ReplayQuotes": ("CReplayData", []),
    "SendGridMail": ("CSendGridHook", ["crypto"]),
]

/// C targets beside the logic of a service, with the libraries that they link and nobody else.
let serviceLibraries: [String: [(target: String, libraries: [String])]] = [
    "Auth": [("CAuthCrypto", ["crypto"])],
    "Notification": [("COutboxSeal", ["crypto"])],
    "Profile": [("CPhoto", ["jpeg", "png16", "webp"]), ("CSystemArgon2", ["argon2"])],
    "Web": [("CWebCoding", ["brotlienc", "z"])],
]

let doors =
    services.flatMap { name -> [Target] in
        [
            .target(
                name: "\(name)Service",
                dependencies: [meshKit, contracts]
                    + (serviceLibraries[name] ?? []).map { .target(name: $0.target) },
                path: "Plugins/\(name)/\(name)Service"
            ),
            .target(
                name: "\(name)Plugin",
                dependencies: [.target(name: "\(name)Service"), meshKit],
                path: "Plugins/\(name)/\(name)Plugin",
                plugins: [stamp]
            ),
        ]
            + (serviceLibraries[name] ?? []).map { library in
                .target(
                    name: library.target,
                    path: "Plugins/\(name)/\(library.target)",
                    linkerSettings: library.libraries.map { .linkedLibrary($0) }
                )
            }
    }
    + drivers.flatMap { folder -> [Target] in
        let parts = folder.split(separator: "/")
        let logic = "\(parts[1])\(parts[0])"
        return [
            .target(
                name: logic,
                dependencies: [meshKit] + (driverLibraries[logic].map { [.target(name: $0.target)] } ?? []),
                path: "Plugins/Drivers/\(folder)/\(logic)"
            ),
            .target(
                name: "\(parts[1])Driver",
                dependencies: [.target(name: logic), meshKit],
                path: "Plugins/Drivers/\(folder)/\(parts[1])Driver",
                plugins: [stamp]
            ),
        ]
            + (driverLibraries[logic].map { library in
                [
                    .target(
                        name: library.target,
                        path: "Plugins/Drivers/\(folder)/\(library.target)",
                        linkerSettings: library.libraries.map { .linkedLibrary($0) }
                    )
                ]
            } ?? [])
    }

// MARK: Host

let host: [Target] = [
    .target(name: "CHost", path: "Host/HostCore/CHost"),
    .target(
        name: "HostCore",
        dependencies: ["CHost", meshKit, contracts],
        path: "Host/HostCore",
        exclude: ["CHost"],
        plugins: [stamp]
    ),
    .executableTarget(
        name: "Lonja",
        dependencies: ["HostCore", argumentParser, meshKit, contracts],
        path: "Host/Lonja"
    ),
]

// MARK: Tests (sorted; add yours here)

let tests: [Target] = [
    .target(name: "FaultyPlugin", dependencies: [meshKit], path: "Tests/Fixtures/FaultyPlugin", plugins: [stamp]),
    .testTarget(
        name: "AuthKeysTests",
        dependencies: ["AuthService", "TestServers", meshKit],
        exclude: ["Servers", "requirements.txt"]
    ),
    .testTarget(name: "AuthTests", dependencies: ["AuthService", "TestServers", meshKit, contracts]),
    .target(
        name: "BrokerageCompatibility",
        dependencies: [meshKit],
        path: "Tests/Support/BrokerageCompatibility"
    ),
    .testTarget(
        name: "BrokerageDriverTests",
        dependencies: ["AlpacaBrokerage", "BrokerageCompatibility", "PaperBrokerage", "TestServers", meshKit]
    ),
    .testTarget(name: "ConfigTests", dependencies: [meshKit]),
    .testTarget(name: "ContractsTests", dependencies: [meshKit, contracts]),
    .executableTarget(name: "CountedWork", dependencies: [meshKit, contracts], path: "Tests/Counts/CountedWork"),
    .testTarget(name: "DigestTests", dependencies: [meshKit]),
    .executableTarget(name: "EchoCaller", dependencies: [meshKit, contracts], path: "Tests/EchoCaller"),
    .executableTarget(name: "EchoServer", dependencies: [meshKit, contracts], path: "Tests/EchoServer"),
    .testTarget(name: "FetchTests", dependencies: ["TestServers", meshKit], exclude: ["Servers", "requirements.txt"]),
    .target(
        name: "HelloPlugin",
        dependencies: ["HelloService", meshKit],
        path: "Tests/Fixtures/Hello/HelloPlugin",
        plugins: [stamp]
    ),
    .target(name: "HelloService", dependencies: [meshKit, contracts], path: "Tests/Fixtures/Hello/HelloService"),
    .testTarget(name: "GatewayTests", dependencies: ["GatewayService", "TestServers", meshKit, contracts]),
    .executableTarget(
        name: "InteropClient",
        dependencies: ["InteropMessages", meshKit],
        path: "Tests/Interop/Client"
    ),
    .target(
        name: "InteropMessages",
        dependencies: [meshKit],
        path: "Tests/Interop/Messages",
        exclude: ["inputs.sha256"]
    ),
    .executableTarget(
        name: "InteropServer",
        dependencies: ["InteropMessages", meshKit],
        path: "Tests/Interop/Server"
    ),
    .testTarget(name: "HTTPTests", dependencies: ["TestServers", meshKit]),
    .testTarget(name: "HostCoreTests", dependencies: ["HostCore", "TestServers", meshKit]),
    .testTarget(
        name: "MailDriverTests",
        dependencies: ["MailerCompatibility", "OutboxMail", "SMTPMail", "SendGridMail", "TestServers", meshKit],
        exclude: ["Servers"]
    ),
    .target(name: "MailerCompatibility", dependencies: [meshKit], path: "Tests/Support/MailerCompatibility"),
    .testTarget(name: "MarketTests", dependencies: ["MarketService", "TestServers", meshKit, contracts]),
    .testTarget(name: "MoneyTests", dependencies: ["TestServers", meshKit]),
    .testTarget(name: "NotificationTests", dependencies: ["NotificationService", "TestServers", meshKit, contracts]),
    .testTarget(name: "ObserveTests", dependencies: [meshKit]),
    .testTarget(name: "PluginTests", dependencies: [meshKit]),
    .testTarget(name: "PostgresTests", dependencies: ["TestServers", meshKit]),
    .testTarget(
        name: "ProfileTests",
        dependencies: ["ProfileService", "TestServers", meshKit, contracts],
        exclude: ["Photos/make_photos.py", "requirements.txt"]
    ),
    .testTarget(
        name: "QuoteDriverTests",
        dependencies: [
            "AlpacaDataQuotes", "IEXQuotes", "QuoteSourceCompatibility", "ReplayQuotes", "TestServers", meshKit,
        ],
        exclude: ["Servers"]
    ),
    .target(
        name: "QuoteSourceCompatibility",
        dependencies: [meshKit],
        path: "Tests/Support/QuoteSourceCompatibility"
    ),
    .testTarget(name: "RESTTests", dependencies: [meshKit]),
    .testTarget(name: "RPCTests", dependencies: ["TestServers", meshKit, contracts]),
    .testTarget(name: "ReactorTests", dependencies: ["TestServers", meshKit]),
    .target(
        name: "TestServers",
        dependencies: [meshKit],
        path: "Tests/Support/TestServers",
        exclude: ["Servers"]
    ),
    .testTarget(name: "TLSTests", dependencies: ["TestServers", meshKit, contracts]),
    .testTarget(name: "ValkeyTests", dependencies: ["TestServers", meshKit]),
    .testTarget(
        name: "WalletTests",
        dependencies: [
            "AlpacaBrokerage", "PaperBrokerage", "ProfileService", "ReplayQuotes", "TestServers", "WalletService",
            meshKit,
            contracts,
        ]
    ),
    .testTarget(name: "WebTests", dependencies: ["WebService", "TestServers", meshKit]),
]

// MARK: Package

let package = Package(
    name: "Lonja",
    products: [
        .executable(name: "lonja", targets: ["Lonja"]),
        // Not called lib…Plugin.so, so that LONJA_PLUGIN=all does not find them.
        .library(name: "FaultyFixture", type: .dynamic, targets: ["FaultyPlugin"]),
        .library(name: "HelloFixture", type: .dynamic, targets: ["HelloPlugin"]),
    ]
        + services.map { .library(name: "\($0)Plugin", type: .dynamic, targets: ["\($0)Plugin"]) }
        + drivers.map { "\($0.split(separator: "/")[1])Driver" }
        .map { .library(name: $0, type: .dynamic, targets: [$0]) },
    dependencies: [
        .package(path: "Host/MeshKit"),
        .package(path: "Protos"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: host + doors + tests
)

/// One list of settings for every Swift target; `Package.swift` of MeshKit and of Protos hold the same.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .treatAllWarnings(as: .error),  // SE-0443
]
/// Targets in C, which take none of them.
let cTargets = ["CHost"] + driverLibraries.values.map(\.target) + serviceLibraries.values.flatMap { $0.map(\.target) }
for target in package.targets where !cTargets.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
