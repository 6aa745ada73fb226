import Reactor
import TestServers
import Testing

@testable import Valkey

extension Integration {
    @Suite struct RestartTests {
        @Test func `no server: the command waits for its deadline, and says why`() async throws {
            try await Store.run { store in
                store.server.kill()
                let client = store.client
                let start = MonotonicTime.now()
                let error = await failure { () async throws(ValkeyError) in
                    try await client.ping(deadline: .in(.milliseconds(300)))
                }
                #expect(error?.code == .timeout && error?.mayHaveExecuted == false)
                #expect(error?.message.contains("no connection") == true)
                #expect(start.duration(to: .now()) < .seconds(20))
            }
        }

        @Test func `a command that waits is sent when the server comes`() async throws {
            try await Store.run { store in
                store.server.kill()
                let client = store.client
                async let answer: Bool = client.set("a", 1, deadline: .in(.seconds(20)))
                try await Task.sleep(for: .milliseconds(200))
                try await store.server.start()
                same(try await answer, true)
            }
        }

        @Test func `who asks can tell that another server may have answered`() async throws {
            try await Store.run { store in
                let client = store.client
                #expect(client.connectionChanges == 0)
                try await client.ping()
                let first = client.connectionChanges
                try await client.ping()
                #expect(first > 0 && client.connectionChanges == first)
                store.server.kill()
                try await store.server.start()
                let isBack = try await eventually {
                    await failure { () async throws(ValkeyError) in try await client.ping() } == nil
                }
                #expect(isBack && client.connectionChanges > first)
            }
        }

        @Test func `killed and restarted in mid-traffic: every call ends in time, and it goes on`() async throws {
            try await Store.run(loops: 2) { store in
                let client = store.client
                try await client.ping()
                let callers = (0..<40).map { number in
                    Task(executorPreference: store.group.loops[number % 2]) {
                        var outcome = Outcome()
                        while !Task.isCancelled {
                            let deadline = MonotonicTime.in(.milliseconds(400))
                            let error = await failure { () async throws(ValkeyError) in
                                _ = try await client.incr("n", deadline: deadline)
                            }
                            outcome.add(error, late: deadline.duration(to: .now()))
                            if error != nil { try? await Task.sleep(for: .milliseconds(5)) }
                        }
                        return outcome
                    }
                }
                for _ in 0..<3 {
                    try await Task.sleep(for: .milliseconds(300))
                    store.server.kill()
                    try await Task.sleep(for: .milliseconds(500))
                    try await store.server.start()
                }
                #expect(
                    try await eventually {
                        await failure { () async throws(ValkeyError) in try await client.ping() } == nil
                    }
                )
                try await Task.sleep(for: .milliseconds(300))
                for caller in callers { caller.cancel() }
                var all = Outcome()
                for caller in callers { all.add(await caller.value) }
                #expect(all.answers > 100)
                #expect(all.lost > 0, "some were under way when it was killed")
                #expect(all.timeouts > 0, "some found no server")
                #expect(all.others == [])
                // The connection itself would give up after ten seconds.
                #expect(all.latest < .seconds(5), "after its deadline")
            }
        }

        @Test func `a server that does not answer any more is given up`() async throws {
            let change = { (configuration: inout ValkeyConfiguration) in
                configuration.replyTimeout = .milliseconds(500)
                configuration.connectTimeout = .milliseconds(500)
            }
            try await Store.run(configure: change) { store in
                let client = store.client
                try await client.ping()
                store.server.freeze(true)
                defer { store.server.freeze(false) }
                let error = await failure { () async throws(ValkeyError) in try await client.ping() }
                #expect(error?.code == .connection && error?.mayHaveExecuted == true)
                store.server.freeze(false)
                try await client.ping()
            }
        }

        @Test func `an idle connection is kept alive by PING`() async throws {
            try await Store.run(configure: { $0.idleInterval = .milliseconds(50) }) { store in
                let client = store.client
                _ = try await client.command("CONFIG", ["RESETSTAT"])
                // Each question makes the connection busy, so it is left alone in between.
                var stats = ""
                for _ in 0..<20 where !stats.contains("cmdstat_ping:calls=") {
                    try await Task.sleep(for: .milliseconds(500))
                    stats = try await client.command("INFO", ["commandstats"]).value(String.self)
                }
                #expect(stats.contains("cmdstat_ping:calls="))
            }
        }
    }
}

private struct Outcome: Sendable {
    var answers = 0
    var lost = 0
    var timeouts = 0
    var others: [String] = []
    var latest = Duration.seconds(-1)

    mutating func add(_ error: ValkeyError?, late: Duration) {
        latest = max(latest, late)
        switch error?.code {
        case nil: answers += 1
        case .connection?: lost += 1
        case .timeout?: timeouts += 1
        case .cancelled?: break
        case let code?: others.append("\(code)")
        }
    }

    mutating func add(_ other: Outcome) {
        answers += other.answers
        lost += other.lost
        timeouts += other.timeouts
        others += other.others
        latest = max(latest, other.latest)
    }
}
