import Foundation
import HostCore
import Plugin
import TestServers
import Testing

/// Start, faults of a plugin while it runs, and the end, with the real binary.
@Suite struct LifeTests {
    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: BuildFolder.file("libFaultyFixture.so"))))
        try self.folder.write(bytes, as: "libFaultyPlugin.so")
    }

    private func variables(_ mode: String) -> [String: String] {
        ["LONJA_PLUGIN": "faulty", "LONJA_PLUGIN_PATH": self.folder.path, "LONJA_FAULTY_MODE": mode]
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalDrainsAndEndsWithZero(signal: Int32) async throws {
        let host = try HostProcess(["serve"], self.variables("none"))
        let ready = try #require(await host.line(with: "\"ready\""))
        #expect(ready.contains("\"plugins\":\"faulty\""))
        host.send(signal)
        let outcome = await host.outcome()
        #expect(outcome.code == 0 && !outcome.wasSignalled, "\(outcome.errors)")
        #expect(outcome.errors.contains("draining"))
        #expect(outcome.errors.contains("stopped"))
    }

    @Test func aSecondSignalCutsTheDelayShort() async throws {
        let host = try HostProcess(["serve"], self.variables("none").merging(["LONJA_HOST_DRAIN_DELAY": "300s"]) { $1 })
        _ = try #require(await host.line(with: "\"ready\""))
        host.send(SIGTERM)
        _ = try #require(await host.line(with: "draining"))
        host.send(SIGTERM)
        let outcome = await host.outcome()
        #expect(!outcome.wasSignalled)
        #expect(outcome.errors.contains("second signal"))
    }

    private func drain(_ grace: String) -> [String: String] {
        self.variables("none").merging([
            "LONJA_HOST_DRAIN_DELAY": "2s", "LONJA_HOST_DRAIN_DEADLINE": "27s", "LONJA_HOST_GRACE_PERIOD": grace,
        ]) { $1 }
    }

    @Test func aDrainThatDoesNotFitIsRefused() async throws {
        let outcome = try await HostProcess.serve(self.drain("29s"))
        #expect(outcome.code == ExitCode.configuration.rawValue, "\(outcome.errors)")
        for part in [
            "host.drainDelay=2s", "host.drainDeadline=27s", "host.gracePeriod=29s", "LONJA_HOST_GRACE_PERIOD",
            "shorten",
        ] {
            #expect(outcome.errors.contains(part), "\(outcome.errors)")
        }
    }

    @Test(arguments: ["30s", "0s"]) func aDrainThatFitsIsNot(grace: String) async throws {
        let host = try HostProcess(["serve"], self.drain(grace))
        _ = try #require(await host.line(with: "\"ready\""))
        host.send(SIGTERM)
        #expect(await host.outcome().code == 0)
    }

    @Test func limitsOfChannelsThatDoNotGoTogetherAreRefused() async throws {
        let outcome = try await HostProcess.serve(
            self.variables("none").merging(["LONJA_HOST_RPC_CHANNEL_EJECTION_FIRST": "400s"]) { $1 }
        )
        #expect(outcome.code == ExitCode.configuration.rawValue, "\(outcome.errors)")
        for part in ["host.rpc.channel.ejection.first=400", "host.rpc.channel.ejection.longest=300", "shorten"] {
            #expect(outcome.errors.contains(part), "\(outcome.errors)")
        }
    }

    @Test func aThrowingInit() async throws {
        let outcome = try await HostProcess.serve(self.variables("init"))
        #expect(outcome.code == ExitCode.internalError.rawValue)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].contains("plugin faulty") && lines[0].contains("told to fail in init"))
    }

    @Test func aThrowingMigration() async throws {
        let outcome = try await HostProcess.serve(self.variables("migrate"))
        #expect(outcome.code == ExitCode.dependencyUnavailable.rawValue)
        #expect(outcome.errors.contains("plugin faulty: its store cannot be migrated: the fixture was told"))
    }

    @Test(arguments: ["return", "throw"])
    func aRunThatEnds(mode: String) async throws {
        let outcome = try await HostProcess.serve(self.variables(mode))
        #expect(outcome.code == ExitCode.internalError.rawValue && !outcome.wasSignalled, "\(outcome.errors)")
        #expect(outcome.errors.contains("a plugin ended by itself"))
    }

    @Test func theLastLineNamesAPluginThatTraps() async throws {
        let outcome = try await HostProcess.serve(self.variables("trap"))
        #expect(outcome.wasSignalled)
        #expect(outcome.errors.contains("in the code of plugin faulty"), "\(outcome.errors)")
    }

    @Test func theWatchdogNamesWhatHoldsALoop() async throws {
        let host = try HostProcess(["serve"], self.variables("hold").merging(["LONJA_HOST_WATCHDOG": "50ms"]) { $1 })
        let line = try #require(await host.line(with: "an event loop was held"))
        #expect(line.contains("\"by\":\"run of plugin faulty\"") && line.contains("\"held\":\"0.2"), "\(line)")
        host.send(SIGTERM)
        #expect(await host.outcome().code == 0)
    }

    @Test func anUnknownKeyIsRefused() async throws {
        let outcome = try await HostProcess.serve(self.variables("none").merging(["LONJA_FAULTY_MODEL": "x"]) { $1 })
        #expect(outcome.code == ExitCode.configuration.rawValue)
        #expect(outcome.errors.contains("LONJA_FAULTY_MODEL") && outcome.errors.contains("LONJA_FAULTY_MODE?"))
    }

    @Test func aBadValueIsRefused() async throws {
        let outcome = try await HostProcess.serve(self.variables("sometimes"))
        #expect(outcome.code == ExitCode.configuration.rawValue)
        #expect(outcome.errors.contains("faulty.mode = \"sometimes\" (environment variable LONJA_FAULTY_MODE)"))
    }

    @Test(arguments: ["LONJA_RPC_LISTEN", "LONJA_ADMIN_LISTEN"])
    func aTakenAddress(variable: String) async throws {
        let first = try HostProcess(["serve"], self.variables("none"))
        let ready = try #require(await first.line(with: "\"ready\""))
        let key = variable == "LONJA_RPC_LISTEN" ? "rpc" : "admin"
        let taken = try #require(Self.field(key, of: ready))
        let second = try await HostProcess.serve(self.variables("none").merging([variable: taken]) { $1 })
        #expect(second.code == ExitCode.dependencyUnavailable.rawValue, "\(second.errors)")
        #expect(second.errors.contains("\(variable)=\(taken)"))
        first.send(SIGTERM)
        _ = await first.outcome()
    }

    @Test func adminSaysWhatRuns() async throws {
        let secret = "do-not-show-\(UUID().uuidString)"
        let secrets = self.folder.file("secrets")
        try FileManager.default.createDirectory(atPath: secrets, withIntermediateDirectories: false)
        let host = try HostProcess(["serve"], self.variables("none").merging(["LONJA_WALLET_X": secret]) { $1 })
        let ready = try #require(await host.line(with: "\"ready\""))
        let admin = try #require(Self.field("admin", of: ready))
        #expect(try await Tool.run("curl", ["-sf", "http://\(admin)/livez"]) == "ok\n")
        #expect(try await Tool.run("curl", ["-sf", "http://\(admin)/readyz"]) == "ready\n")
        #expect(try await Tool.run("curl", ["-sf", "http://\(admin)/metrics"]).contains("# TYPE"))
        let plugins = try await Tool.run("curl", ["-sf", "http://\(admin)/plugins"])
        let report = try #require(try JSONSerialization.jsonObject(with: Data(plugins.utf8)) as? [String: Any])
        let first = try #require((report["plugins"] as? [[String: Any]])?.first)
        #expect(first["name"] as? String == "faulty")
        #expect(first["path"] as? String == self.folder.file("libFaultyPlugin.so"))
        #expect((first["sha256"] as? String)?.count == 64)
        #expect(!plugins.contains(secret))
        let status = try await Tool.run(
            "curl",
            ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "http://\(admin)/swap?slot=a&driver=b"]
        )
        #expect(status == "403")
        host.send(SIGTERM)
        #expect(await host.outcome().code == 0)
    }

    @Test func aRightPinIsTaken() async throws {
        let listed = try await Tool.run(BuildFolder.file("lonja"), ["plugins", self.folder.file("libFaultyPlugin.so")])
        let hash = try #require(listed.split(separator: " ").first { $0.count == 65 && $0.hasSuffix(":") }).dropLast()
        let host = try HostProcess(
            ["serve"],
            self.variables("none").merging(["LONJA_PLUGINS_FAULTY_SHA256": String(hash)]) { $1 }
        )
        #expect(await host.line(with: "\"ready\"") != nil)
        host.send(SIGTERM)
        #expect(await host.outcome().code == 0)
    }

    @Test func nothingIsLeftOfPrivateCopies() async throws {
        let runtime = self.folder.file("runtime")
        try FileManager.default.createDirectory(atPath: runtime, withIntermediateDirectories: false)
        let host = try HostProcess(["serve"], self.variables("none").merging(["XDG_RUNTIME_DIR": runtime]) { $1 })
        _ = try #require(await host.line(with: "\"ready\""))
        let folders = try FileManager.default.contentsOfDirectory(atPath: runtime)
        #expect(folders.count == 1)
        host.send(SIGTERM)
        #expect(await host.outcome().code == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: runtime).isEmpty)
    }

    @Test func commandLine() async throws {
        let unknown = try await HostProcess(["dance"], [:]).outcome()
        #expect(unknown.code == ExitCode.usage.rawValue)
        let version = try await HostProcess(["version"], [:]).outcome()
        #expect(version.code == 0 && version.output.contains(HostStamp.own.sdkHash))
        let help = try await HostProcess(["--help"], [:]).outcome()
        #expect(help.code == 0 && help.output.contains("serve"))
    }

    private static func field(_ name: String, of line: String) -> String? {
        guard let start = line.range(of: "\"\(name)\":\"") else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "\"" })
    }
}
