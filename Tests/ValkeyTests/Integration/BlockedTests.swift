import Reactor
import TestServers
import Testing

@testable import Valkey

extension Integration {
    /// No step of a loop computes for more than a millisecond (optimised), whatever the client does: see `StepLimit`.
    /// `sh Tests/Benchmarks/run blocked` prints the longest of each.
    @Suite(.serialized, .timeLimit(.minutes(3))) struct BlockedTests {
        /// Runs `body` on one loop that is watched, with a client of a server of its own.
        private func watch(
            _ name: String,
            _ change: (inout ValkeyConfiguration) -> Void = { _ in },
            _ body: @escaping @Sendable (ValkeyClient, EventLoop, StoreProcess) async throws -> Void
        ) async throws {
            let server = try StoreProcess()
            try await server.start()
            defer { server.kill() }
            var configuration = ValkeyConfiguration(.one(try server.unix))
            configuration.timeout = .seconds(60)
            change(&configuration)
            try await watch(name, configuration) { try await body($0, $1, server) }
        }

        private func watch(
            _ name: String,
            _ configuration: ValkeyConfiguration,
            _ body: @escaping @Sendable (ValkeyClient, EventLoop) async throws -> Void
        ) async throws {
            var held: [String] = []
            for _ in 0..<StepLimit.attempts {
                let steps = LongestSteps()
                let group = try EventLoopGroup(count: 1, observer: steps)
                let loop = group.loops[0]
                let client = ValkeyClient(configuration, group: group)
                let result: Result<Void, any Error>
                do {
                    result = .success(try await loop.run { try await body(client, loop) })
                } catch {
                    result = .failure(error)
                }
                client.close()
                // What was under way ends in the turns that follow.
                try await loop.run { try await loop.sleep(for: .milliseconds(200)) }
                group.shutdownAside()
                held = steps.report("valkey", name)
                try result.get()
                if held.isEmpty { break }
            }
            #expect(held.isEmpty, "\(name): a loop was held")
        }

        @Test func `many small commands`() async throws {
            try await watch("20,000 commands, 2000 at once") { client, _, _ in
                for _ in 0..<10 {
                    await crowd(of: 2000) { index in
                        do {
                            if index % 2 == 0 { try await client.set("k\(index)", "value") }
                            _ = try await client.get("k\(index)")
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
        }

        @Test func `deep pipelines`() async throws {
            try await watch("10,000 commands in one piece") { client, _, _ in
                try await client.set("k", [UInt8](repeating: 7, count: 100))
                let commands = Array(repeating: ValkeyCommand.get("k"), count: 10_000)
                for _ in 0..<10 {
                    let replies = try await client.pipeline(commands)
                    same(replies.count, 10_000)
                    // Freeing the replies is the caller's own work: a step of its own.
                    await Task.yield()
                }
            }
            try await watch("10,000 callers at once") { client, _, _ in
                try await client.set("k", [UInt8](repeating: 7, count: 100))
                for _ in 0..<5 {
                    await crowd(of: 10_000) { _ in
                        do { _ = try await client.get("k") } catch { Issue.record(error) }
                    }
                }
            }
        }

        @Test func `large values and arrays`() async throws {
            try await watch("values of 256 KB") { client, _, _ in
                _ = try await client.command("SETRANGE", ["big", 256_000, "x"])
                for _ in 0..<50 {
                    let value = try await client.get("big")
                    same(value?.count, 256_001)
                }
                let bytes = try #require(try await client.get("big"))
                for _ in 0..<50 { try await client.set("other", bytes) }
            }
            try await watch("values of 10 MB") { client, _, _ in
                _ = try await client.command("SETRANGE", ["big", 10_000_000, "x"])
                for _ in 0..<5 {
                    let value = try await client.get("big")
                    same(value?.count, 10_000_001)
                }
                let bytes = try #require(try await client.get("big"))
                for _ in 0..<5 { try await client.set("other", bytes) }
            }
            try await watch("arrays of 10,000") { client, _, _ in
                for part in 0..<5 {
                    let fields = (0..<1000).map { ("f\(part * 1000 + $0)", "some value of it") }
                    try await client.hset("h", fields)
                }
                for _ in 0..<10 {
                    guard case .array(let items) = try await client.execute(.hgetall("h")) else {
                        Issue.record("no array")
                        return
                    }
                    same(items.count, 10_000)
                    await Task.yield()
                }
            }
        }

        @Test func `a flood of messages`() async throws {
            try await watch("50,000 messages") { client, _, _ in
                try await client.subscribe(channels: ["a"]) { events in
                    var iterator = events.makeAsyncIterator()
                    let payload = String(repeating: "x", count: 100)
                    for _ in 0..<10 {
                        try await withThrowingTaskGroup(of: Void.self) { tasks in
                            for part in 0..<50 {
                                tasks.addTask {
                                    _ = try await client.pipeline((0..<100).map { _ in .publish(payload, to: "a") })
                                }
                                if part % 10 == 0 { await Task.yield() }
                            }
                            try await tasks.waitForAll()
                        }
                        for _ in 0..<5000 { _ = try await iterator.next() }
                    }
                }
            }
        }

        @Test func `names that do not exist, and nobody there`() async throws {
            var configuration = ValkeyConfiguration(.one(try #require(ValkeyEndpoint("nowhere.invalid:6379"))))
            configuration.timeout = .seconds(1)
            try await watch("10,000 wait for an unknown name", configuration) { client, _ in
                await crowd(of: 10_000) { _ in _ = try? await client.get("k") }
            }
            configuration = ValkeyConfiguration(.one(try #require(ValkeyEndpoint("127.0.0.1:1"))))
            configuration.timeout = .seconds(1)
            try await watch("10,000 wait for a port that is closed", configuration) { client, _ in
                await crowd(of: 10_000) { _ in _ = try? await client.get("k") }
            }
        }

        @Test func `the server dies with thousands under way, and is closed with thousands waiting`() async throws {
            let others = try EventLoopGroup(count: 1)
            defer { others.shutdownAside() }
            for ending in ["closing", "deadlines", "losing"] {
                let isLosing = ending == "losing"
                let peer = try FakePeer(others) { bytes in
                    // Reads what there is, and says nothing; or goes away in the middle of it.
                    isLosing && bytes.count > 60_000 ? nil : []
                }
                var configuration = ValkeyConfiguration(.one(peer.endpoint))
                configuration.timeout = ending == "deadlines" ? .seconds(1) : .seconds(5)
                try await watch("\(ending) with 30,000 pending", configuration) { client, loop in
                    async let closing: Void = close(client, loop, when: ending == "closing")
                    await crowd(of: 30_000) { _ in _ = try? await client.get("k") }
                    await closing
                }
                peer.close()
            }
        }

        private func close(_ client: ValkeyClient, _ loop: EventLoop, when isWanted: Bool) async {
            guard isWanted else { return }
            try? await loop.sleep(for: .milliseconds(200))
            client.close()
        }

        @Test func `thousands are cancelled`() async throws {
            let others = try EventLoopGroup(count: 1)
            defer { others.shutdownAside() }
            let peer = try FakePeer(others) { _ in [] }
            let configuration = ValkeyConfiguration(.one(peer.endpoint))
            try await watch("cancelling 10,000", configuration) { client, loop in
                await withDiscardingTaskGroup { groups in
                    for _ in 0..<1000 {
                        groups.addTask {
                            await withTaskGroup(of: Void.self) { tasks in
                                for _ in 0..<10 {
                                    tasks.addTask { _ = try? await client.get("k") }
                                }
                                try? await loop.sleep(for: .milliseconds(300))
                                tasks.cancelAll()
                            }
                        }
                    }
                }
            }
            peer.close()
        }
    }
}
