import Foundation
import Testing

/// MeshKit and Contracts are in a process once, or casts and task-locals fail: no library may carry a copy.
@Suite struct LinkageTests {
    private static let modules = [
        "Reactor", "Money", "Observe", "Config", "HTTP", "RPC", "Plugin", "Digest", "Postgres", "Valkey",
        "Fetch", "SwiftProtobuf", "Logging", "Configuration", "ServiceLifecycle", "Contracts",
    ]

    static var libraries: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: BuildFolder.path)) ?? []
        return names.filter { $0.hasPrefix("lib") && ($0.hasSuffix("Plugin.so") || $0.hasSuffix("Driver.so")) }.sorted()
    }

    @Test func thereArePlugins() { #expect(Self.libraries.count >= 7) }

    @Test(arguments: libraries)
    func needsTheSDKAndCopiesNothing(library: String) async throws {
        let path = BuildFolder.file(library)
        let dynamic = try await Tool.run("readelf", ["-d", "-W", path])
        #expect(dynamic.contains("Shared library: [libMeshKit.so]"))
        let symbols = try await Tool.run("readelf", ["--symbols", "-W", path])
        let copies = symbols.split(separator: "\n").filter { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 8, fields[6] != "UND", fields[4] != "LOCAL" else { return false }
            // "$s7Reactor…Mn" is the descriptor of a type of module Reactor; …Ma its metadata accessor.
            return Self.modules.contains { fields[7].hasPrefix("$s\($0.count)\($0)") }
                && (fields[7].hasSuffix("Mn") || fields[7].hasSuffix("Ma") || fields[7].hasSuffix("Mp"))
        }
        #expect(copies.isEmpty, "\(copies.prefix(3).joined(separator: "; "))")
    }

    @Test func theBinaryUsesThemToo() async throws {
        let dynamic = try await Tool.run("readelf", ["-d", "-W", BuildFolder.file("lonja")])
        #expect(dynamic.contains("[libMeshKit.so]"))
    }

    /// They are opened when a client of theirs is made; a function that CLazyLibraries does not list would link them again
    /// or, worse, be missing at run time.
    @Test(arguments: ["libcurl", "libpq", "libz.", "libFoundation."])
    func whatIsHeavyIsNotLinked(library: String) async throws {
        for file in ["lonja", "libMeshKit.so"] {
            let dynamic = try await Tool.run("readelf", ["-d", "-W", BuildFolder.file(file)])
            #expect(!dynamic.contains("[\(library)"), "\(file)")
        }
    }

    @Test func nothingOfTheLazyLibrariesIsLeftUndefined() async throws {
        let symbols = try await Tool.run("readelf", ["--dyn-syms", "-W", BuildFolder.file("libMeshKit.so")])
        let open = symbols.split(separator: "\n").filter { line in
            let name = line.split(separator: " ").last ?? ""
            return line.contains(" UND ") && ["PQ", "curl_", "inflate"].contains { name.hasPrefix($0) }
        }
        #expect(open.isEmpty, "\(open)")
    }
}
