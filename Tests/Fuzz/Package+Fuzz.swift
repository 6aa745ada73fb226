// `run` puts this behind the Package.swift of MeshKit: its modules as they are, built for libFuzzer, and the program that
// feeds them.

let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]
package.products = []
package.targets.removeAll { ["MeshStamp", "MeshStampTool", "Plugin"].contains($0.name) }
for target in package.targets where ![.system, .plugin].contains(target.type) && !withoutSwift.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + instrumented
}
// Of the gateway what reads addresses, which needs nothing else of it.
package.targets.append(
    .target(
        name: "GatewayAddresses",
        dependencies: ["Fetch", "HTTP", "Reactor"],
        path: "Security",
        sources: ["IPAddress.swift", "TrustedProxies.swift"],
        swiftSettings: strict + instrumented
    )
)
package.targets.append(
    .executableTarget(
        name: "Fuzz",
        dependencies: ["Digest", "Fetch", "GatewayAddresses", "HTTP", "Observe", "RPC", "Reactor"],
        path: "Fuzz",
        // libFuzzer has the main function.
        swiftSettings: strict + instrumented + [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
    )
)
