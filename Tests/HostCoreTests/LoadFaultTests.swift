import CMeshABI
import Foundation
import HostCore
import Plugin
import TestServers
import Testing

/// Every way a library can be wrong ends `lonja serve` with its exit code and one line, and never with a crash.
@Suite struct LoadFaultTests {
    private let folder: TemporaryFolder
    private let real = BuildFolder.file("libWebPlugin.so")

    init() throws { self.folder = try TemporaryFolder() }

    private func serve(_ plugins: String = "web", _ more: [String: String] = [:]) async throws -> HostProcess.Outcome {
        var variables = ["LONJA_PLUGIN": plugins, "LONJA_PLUGIN_PATH": self.folder.path]
        variables.merge(more) { $1 }
        return try await HostProcess.serve(variables)
    }

    /// Exit code, exactly one line, and what the line must name.
    private func expect(
        _ outcome: HostProcess.Outcome,
        _ code: ExitCode,
        _ pieces: String...,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(!outcome.wasSignalled, "\(outcome.errors)", sourceLocation: location)
        #expect(outcome.code == code.rawValue, "\(outcome.errors)", sourceLocation: location)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(outcome.errors)", sourceLocation: location)
        for piece in pieces {
            #expect(outcome.errors.contains(piece), "no \"\(piece)\" in: \(outcome.errors)", sourceLocation: location)
        }
    }

    private func install(_ change: (inout StampBytes) -> Void) throws {
        var stamp = try StampBytes()
        change(&stamp)
        try self.folder.write(try stamp.patched(into: self.real), as: "libWebPlugin.so")
    }

    // MARK: Stamp

    @Test func otherABIMajor() async throws {
        try self.install { $0.set(.abiMajor, 7) }
        self.expect(
            try await self.serve(),
            .configuration,
            "ABI major: expected 1, found 7",
            "swift build --product WebPlugin"
        )
    }

    @Test func newerABIMinor() async throws {
        try self.install { $0.set(.abiMinor, 9) }
        self.expect(try await self.serve(), .configuration, "ABI minor: expected at most 0, found 9")
    }

    @Test func olderStampVersion() async throws {
        try self.install { $0.set(.structVersion, 0) }
        self.expect(try await self.serve(), .configuration, "stamp version: expected 1, found 0")
    }

    @Test func olderDoorStruct() async throws {
        try self.install { $0.set(.doorSize, 64) }
        let size = MemoryLayout<mesh_plugin_t>.size
        self.expect(try await self.serve(), .configuration, "door size: expected \(size) bytes, found 64 bytes")
    }

    @Test func otherSDK() async throws {
        try self.install { $0.flipHash() }
        self.expect(try await self.serve(), .configuration, "SDK hash: expected \(HostStamp.own.sdkHash), found ")
    }

    @Test func otherCompiler() async throws {
        try self.install { $0.set(.compiler, "5.9.2") }
        self.expect(
            try await self.serve(),
            .configuration,
            "compiler: expected \(HostStamp.own.compiler), found 5.9.2"
        )
    }

    @Test func otherVersion() async throws {
        try self.install { $0.set(.version, "99.1") }
        self.expect(try await self.serve(), .configuration, "version: expected \(HostStamp.own.version), found 99.1")
    }

    @Test func otherKind() async throws {
        try self.install { $0.set(.kind, "market.quotes") }
        self.expect(try await self.serve(), .configuration, "kind: expected service, found market.quotes")
    }

    @Test func otherNameThanItsFile() async throws {
        try self.install { $0.set(.name, "wallet") }
        self.expect(try await self.serve(), .configuration, "name: expected web, found wallet", "deploy the right file")
    }

    @Test func everyDifferingFieldIsNamed() async throws {
        try self.install {
            $0.set(.compiler, "5.9.2")
            $0.set(.abiMajor, 2)
            $0.set(.name, "x")
        }
        self.expect(
            try await self.serve(),
            .configuration,
            "ABI major: expected",
            "compiler: expected",
            "name: expected"
        )
    }

    // MARK: File

    @Test func missing() async throws {
        self.expect(
            try await self.serve(),
            .pluginMissing,
            "libWebPlugin.so",
            self.folder.path,
            "swift build --product WebPlugin"
        )
    }

    @Test(arguments: ["hello, this is text\n", ""])
    func noELF(text: String) async throws {
        try self.folder.write(Array(text.utf8), as: "libWebPlugin.so")
        self.expect(
            try await self.serve(),
            .configuration,
            "libWebPlugin.so",
            text.isEmpty ? "is empty" : "is not an ELF file"
        )
    }

    @Test func cutOff() async throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: self.real)))
        try self.folder.write(Array(bytes[..<(bytes.count / 2)]), as: "libWebPlugin.so")
        self.expect(try await self.serve(), .configuration, "is cut off")
    }

    @Test(arguments: [0o777, 0o775, 0o757])
    func writableByOthers(mode: Int) async throws {
        try self.folder.write(
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: self.real))),
            as: "libWebPlugin.so",
            mode: mode
        )
        self.expect(
            try await self.serve(),
            .configuration,
            "can be written by group or others",
            String(mode, radix: 8),
            "chmod go-w"
        )
    }

    @Test func aFolderOfItsName() async throws {
        try FileManager.default.createDirectory(
            atPath: self.folder.file("libWebPlugin.so"),
            withIntermediateDirectories: false
        )
        self.expect(try await self.serve(), .configuration, "is not a regular file")
    }

    @Test func aBadFileEndsTheSearch() async throws {
        try self.folder.write([1, 2, 3], as: "libWebPlugin.so")
        let path = "\(self.folder.path):\(BuildFolder.path)"
        self.expect(try await self.serve("web", ["LONJA_PLUGIN_PATH": path]), .configuration, self.folder.path)
    }

    // MARK: Names

    @Test func twoFilesOfOneName() async throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: self.real)))
        try self.folder.write(bytes, as: "libWebPlugin.so")
        try self.folder.write(bytes, as: "libWEBPlugin.so")
        self.expect(try await self.serve(), .usage, "two files are plugin web", "libWEBPlugin.so and libWebPlugin.so")
    }

    @Test func oneNameTwice() async throws {
        self.expect(try await self.serve("web,web"), .usage, "LONJA_PLUGIN=web,web", "twice")
    }

    @Test(arguments: ["../web", "Web", "we/b", "web,", "web plugin", "-web"])
    func badName(name: String) async throws {
        self.expect(try await self.serve(name), .usage, "LONJA_PLUGIN")
    }

    @Test func noNameAtAll() async throws {
        self.expect(try await self.serve(""), .usage, "LONJA_PLUGIN is not set")
    }

    // MARK: Pin

    @Test func otherBytesThanPinned() async throws {
        try self.install { _ in }
        let pin = String(repeating: "0", count: 64)
        self.expect(
            try await self.serve("web", ["LONJA_PLUGINS_WEB_SHA256": pin]),
            .configuration,
            "expected sha256 \(pin)",
            "plugins.web.sha256"
        )
    }

    // MARK: Code

    @Test func noEntry() async throws {
        try await CLibrary.build(try StampBytes(), entry: .none, to: self.folder.file("libWebPlugin.so"))
        self.expect(try await self.serve(), .configuration, "has no function mesh_plugin")
    }

    @Test func olderStructBehindTheDoor() async throws {
        try await CLibrary.build(try StampBytes(), entry: .door(structSize: 8), to: self.folder.file("libWebPlugin.so"))
        self.expect(try await self.serve(), .configuration, "struct size: expected", "found 8")
    }

    @Test func aDoorThatMakesNothing() async throws {
        try await CLibrary.build(
            try StampBytes(),
            entry: .door(structSize: nil),
            to: self.folder.file("libWebPlugin.so")
        )
        self.expect(try await self.serve(), .internalError, "its door makes nothing")
    }

    /// With the stamp right, the same constructor runs: so the test can fail.
    @Test(arguments: [true, false])
    func constructorsRunOnlyBehindARightStamp(isRight: Bool) async throws {
        var stamp = try StampBytes()
        if !isRight { stamp.set(.compiler, "5.9.2") }
        let trace = self.folder.file("trace")
        try await CLibrary.build(stamp, entry: .none, trace: trace, to: self.folder.file("libWebPlugin.so"))
        let outcome = try await self.serve()
        #expect(outcome.code == ExitCode.configuration.rawValue)
        #expect(FileManager.default.fileExists(atPath: trace) == isRight)
    }

    @Test func undefinedSymbols() async throws {
        let path = self.folder.file("libWebPlugin.so")
        try await CLibrary.build(try StampBytes(), entry: .none, to: path)
        let source = try String(contentsOfFile: path + ".c", encoding: .utf8)
        let broken = source + "extern int nobody_has_this(void); int call(void) { return nobody_has_this(); }\n"
        try Data(broken.utf8).write(to: URL(fileURLWithPath: path + ".c"))
        let header = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Host/MeshKit/Sources/CMeshABI/include").path()
        try await Tool.run("clang", ["-shared", "-fPIC", "-w", "-I", header, "-o", path, path + ".c"])
        self.expect(try await self.serve(), .configuration, "cannot be opened", "nobody_has_this")
    }
}
