import Foundation
import Synchronization
import TestServers
import Testing

@testable import HostCore

/// The loader in this process, with libraries that are opened for real.
@Suite struct PluginLoaderTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    private func loader(_ copies: PrivateCopies? = nil) -> PluginLoader {
        PluginLoader(
            locator: PluginLocator(path: self.folder.path),
            copies: copies ?? PrivateCopies(parents: [self.folder.path])
        )
    }

    private func driver(_ salt: Int, as name: String) async throws -> String {
        var stamp = try StampBytes()
        stamp.set(.kind, "market.quotes")
        stamp.set(.name, name)
        let path = self.folder.file("lib\(name)Driver.so")
        try await CLibrary.build(stamp, entry: .door(structSize: nil), salt: salt, to: path)
        return path
    }

    @Test func knownBytesAreOneLibrary() async throws {
        let path = try await self.driver(1, as: "same")
        let loader = self.loader()
        let first = try loader.load(path: path, name: "same", kind: "market.quotes", pin: nil)
        let second = try loader.load(path: path, name: "same", kind: "market.quotes", pin: nil)
        #expect(first.door.pointer == second.door.pointer)
        #expect(first.generation == 1 && second.generation == 1)
    }

    @Test func otherBytesAreAnotherGeneration() async throws {
        let loader = self.loader()
        let first = try loader.load(
            path: try await self.driver(1, as: "gen"),
            name: "gen",
            kind: "market.quotes",
            pin: nil
        )
        let second = try loader.load(
            path: try await self.driver(2, as: "gen"),
            name: "gen",
            kind: "market.quotes",
            pin: nil
        )
        #expect(first.door.pointer != second.door.pointer)
        #expect(second.generation == 2)
    }

    @Test func theThirtyThirdBuildIsRefused() async throws {
        let path = try await self.driver(0, as: "many")
        let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let loader = self.loader()
        for number in 0..<PluginLoader.maximumBuilds {
            // Bytes after the section table belong to nothing, but make another file.
            try self.folder.write(original + [UInt8](repeating: 0, count: number), as: "libmanyDriver.so")
            let library = try loader.load(path: path, name: "many", kind: "market.quotes", pin: nil)
            #expect(library.generation == number + 1)
        }
        try self.folder.write(original + [1], as: "libmanyDriver.so")
        let error = #expect(throws: LoadError.self) {
            try loader.load(path: path, name: "many", kind: "market.quotes", pin: nil)
        }
        #expect(error?.code == .tooManyBuilds)
        // What is open already stays usable.
        try self.folder.write(original, as: "libmanyDriver.so")
        #expect(try loader.load(path: path, name: "many", kind: "market.quotes", pin: nil).generation == 1)
    }

    @Test func memoryServesWhereNoFolderDoes() async throws {
        let path = try await self.driver(3, as: "memory")
        let loader = self.loader(PrivateCopies(parents: ["/nowhere/at/all"]))
        let library = try loader.load(path: path, name: "memory", kind: "market.quotes", pin: nil)
        #expect(library.generation == 1)
        // Read to the end: the kernel gives this file in pieces and says it has no size.
        let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let maps = String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
        let mapped = maps.split(separator: "\n").filter { $0.contains("memfd:\(library.hash)") }
        #expect(mapped.contains { $0.contains("r-xp") }, "\(mapped)")
    }

    /// The file is written over and replaced all the time; only the pinned bytes are ever opened.
    @Test func aFileThatChangesWhileItIsLoaded() async throws {
        let path = try await self.driver(4, as: "busy")
        let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var other = good
        other.append(contentsOf: [UInt8](repeating: 7, count: 100))
        let bad = other
        let pin = try self.loader().inspect(path).hash
        let stop = Atomic(false)
        let writer = Thread {
            var round = 0
            while !stop.load(ordering: .relaxed) {
                round += 1
                let bytes = round % 2 == 0 ? good : bad
                if round % 3 == 0 {
                    try? Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
                } else if let handle = FileHandle(forWritingAtPath: path) {
                    try? handle.truncate(atOffset: 0)
                    try? handle.write(contentsOf: Data(bytes[..<(bytes.count / 2)]))
                    try? handle.write(contentsOf: Data(bytes[(bytes.count / 2)...]))
                    try? handle.close()
                }
            }
        }
        writer.start()
        defer { stop.store(true, ordering: .relaxed) }
        var loaded = 0
        var refused = 0
        for _ in 0..<1000 {
            do {
                let library = try self.loader().load(path: path, name: "busy", kind: "market.quotes", pin: pin)
                #expect(library.hash == pin)
                loaded += 1
            } catch {
                refused += 1
            }
        }
        #expect(loaded > 0 && refused > 0, "\(loaded) loaded, \(refused) refused")
    }
}
