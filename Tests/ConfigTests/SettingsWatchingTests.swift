import Config
import Logging
import Observe
import Reactor
import Testing

@Suite struct SettingsWatchingTests {
    private func write(_ fixture: ConfigFixture, _ mode: String) throws -> String {
        try fixture.write("app.yaml", "market:\n  mode: \(mode)\n")
    }

    @Test func `a change holds and is told`() async throws {
        let fixture = try ConfigFixture()
        let settings = try fixture.settings(["LONJA_CONFIG": try write(fixture, "fast")])
        var changes = settings.changes().makeAsyncIterator()
        guard case .unchanged = settings.checkForChanges() else {
            Issue.record("nothing changed yet")
            return
        }
        _ = try write(fixture, "slow")
        guard case .changed(let change?) = settings.checkForChanges() else {
            Issue.record("the change was not seen")
            return
        }
        #expect(change == SettingsChange(generation: 2, keys: ["market.mode"]))
        #expect(change.touches("market") && change.touches("market.mode") && !change.touches("market.mod"))
        #expect(await changes.next() == change)
        #expect(settings.string("market.mode") == "slow" && settings.generation == 2)
    }

    @Test func `a bad change is refused once and the old one holds`() throws {
        let fixture = try ConfigFixture()
        let settings = try fixture.settings(["LONJA_CONFIG": try write(fixture, "slow")])
        _ = try write(fixture, "wrong")
        guard case .rejected(let error) = settings.checkForChanges() else {
            Issue.record("the bad change was taken")
            return
        }
        #expect(error.code == .invalidValue)
        #expect(settings.string("market.mode") == "slow" && settings.generation == 1)
        guard case .unchanged = settings.checkForChanges() else {
            Issue.record("the same bad change was told twice")
            return
        }
        _ = try write(fixture, "fast")
        guard case .changed(.some) = settings.checkForChanges() else {
            Issue.record("the mended file was not taken")
            return
        }
        #expect(settings.string("market.mode") == "fast")
    }

    @Test func `a touched file without other values is no change`() throws {
        let fixture = try ConfigFixture()
        let settings = try fixture.settings(["LONJA_CONFIG": try write(fixture, "slow")])
        _ = try write(fixture, "slow # as before")
        guard case .changed(nil) = settings.checkForChanges() else {
            Issue.record("the same values count as a change")
            return
        }
        #expect(settings.generation == 1)
    }

    @Test func `a swapped generation of a mounted folder is seen`() throws {
        let fixture = try ConfigFixture()
        for (name, token) in [("one", "first"), ("two", "other")] {
            _ = try fixture.makeFolder(name)
            try fixture.write("\(name)/market.iex.token", token)
        }
        let mount = try fixture.makeFolder("mount")
        try fixture.link("mount/..data", to: "../one")
        try fixture.link("mount/market.iex.token", to: "..data/market.iex.token")
        let settings = try fixture.settings(["LONJA_SECRETS": mount])
        #expect(settings.secret("market.iex.token")?.reveal() == "first")
        try fixture.link("mount/..data", to: "../two")
        guard case .changed(let change?) = settings.checkForChanges() else {
            Issue.record("the swap was not seen")
            return
        }
        #expect(change.keys == ["market.iex.token"])
        #expect(settings.secret("market.iex.token")?.reveal() == "other")
    }

    @Test func `a snapshot stays what it was`() throws {
        let fixture = try ConfigFixture()
        let settings = try fixture.settings(["LONJA_CONFIG": try write(fixture, "fast")])
        let before = settings.snapshot
        _ = try write(fixture, "slow")
        _ = settings.checkForChanges()
        #expect(before.string("market.mode") == "fast" && settings.string("market.mode") == "slow")
    }

    @Test(.timeLimit(.minutes(1))) func `the watch sees a change by itself, and ends when cancelled`() async throws {
        let fixture = try ConfigFixture()
        let settings = try fixture.settings(["LONJA_CONFIG": try write(fixture, "fast")])
        let group = try EventLoopGroup(count: 1)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var changes = settings.changes().makeAsyncIterator()
        let watch = Task { try await settings.run(on: group, logger: logger, interval: .milliseconds(1)) }
        _ = try write(fixture, "slow")
        #expect(await changes.next()?.keys == ["market.mode"])
        watch.cancel()
        await #expect(throws: CancellationError.self) { try await watch.value }
        group.shutdown()
    }
}
