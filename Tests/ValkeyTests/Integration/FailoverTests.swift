import Reactor
import TestServers
import Testing

@testable import Valkey

extension Integration {
    @Suite struct FailoverTests {
        @Test func `the primary of a list, also after another has become it`() async throws {
            let (first, second) = (
                try StoreProcess(port: LoopbackPort.free()), try StoreProcess(port: LoopbackPort.free())
            )
            for server in [first, second] { try await server.start() }
            try await Store.withLoops { group in
                let (one, two) = (try first.loopback, try second.loopback)
                let clientOfOne = ValkeyClient(ValkeyConfiguration(.one(one)), group: group)
                let clientOfTwo = ValkeyClient(ValkeyConfiguration(.one(two)), group: group)
                let client = ValkeyClient(ValkeyConfiguration(.primary(among: [two, one])), group: group)
                defer { for each in [client, clientOfOne, clientOfTwo] { each.close() } }
                try await replicate(clientOfTwo, first)
                try await client.set("a", 1)
                same(try await clientOfOne.get("a", as: Int.self), 1)
                // A replica alone answers reads, and refuses writes.
                same(await code { () async throws(ValkeyError) in _ = try await clientOfTwo.set("a", 2) }, .readOnly)
                #expect(try await eventually { try await clientOfTwo.get("a", as: Int.self) == 1 })

                // The roles change while both live: the old primary answers READONLY, and the command goes to the new one.
                _ = try await clientOfTwo.command("REPLICAOF", ["NO", "ONE"])
                try await replicate(clientOfOne, second)
                same(try await client.set("b", 2, deadline: .in(.seconds(10))), true)
                same(try await clientOfTwo.get("b", as: Int.self), 2)

                // The primary dies, and the other is promoted.
                second.kill()
                _ = try await clientOfOne.command("REPLICAOF", ["NO", "ONE"])
                let written = try await eventually {
                    await failure { () async throws(ValkeyError) in
                        _ = try await client.set("c", 3, deadline: .in(.seconds(3)))
                    } == nil
                }
                #expect(written)
                same(try await clientOfOne.get("c", as: Int.self), 3)
            }
        }

        @Test func `only replicas: the command ends at its deadline, and says why`() async throws {
            let (first, second) = (
                try StoreProcess(port: LoopbackPort.free()), try StoreProcess(port: LoopbackPort.free())
            )
            for server in [first, second] { try await server.start() }
            try await Store.withLoops { group in
                let admin = ValkeyClient(ValkeyConfiguration(.one(try second.loopback)), group: group)
                let client = ValkeyClient(ValkeyConfiguration(.primary(among: [try second.loopback])), group: group)
                defer { for each in [client, admin] { each.close() } }
                try await replicate(admin, first)
                let error = await failure { () async throws(ValkeyError) in
                    _ = try await client.set("a", 1, deadline: .in(.seconds(2)))
                }
                #expect(error?.code == .timeout && error?.mayHaveExecuted == false)
                #expect(error?.message.contains("not the primary") == true)
            }
        }

        @Test func `with real Sentinels, when the primary dies`() async throws {
            let (first, second) = (
                try StoreProcess(port: LoopbackPort.free()), try StoreProcess(port: LoopbackPort.free())
            )
            for server in [first, second] { try await server.start() }
            let port = try #require(first.port)
            let settings = """
                bind 127.0.0.1
                sentinel monitor main 127.0.0.1 \(port) 1
                sentinel down-after-milliseconds main 500
                sentinel failover-timeout main 5000
                """
            let sentinel = try StoreProcess(sentinel: settings, port: LoopbackPort.free())
            try await Store.withLoops { group in
                let admin = ValkeyClient(ValkeyConfiguration(.one(try second.loopback)), group: group)
                try await replicate(admin, first)
                try await sentinel.start()
                let nobody = try #require(ValkeyEndpoint("127.0.0.1:\(LoopbackPort.free())"))
                let servers = ValkeyServers.sentinel([nobody, try sentinel.loopback], primary: "main")
                let client = ValkeyClient(ValkeyConfiguration(servers), group: group)
                let unknown = ValkeyClient(
                    ValkeyConfiguration(.sentinel([try sentinel.loopback], primary: "other")),
                    group: group
                )
                defer { for each in [client, unknown, admin] { each.close() } }
                try await client.set("a", 1)
                let error = await failure { () async throws(ValkeyError) in
                    try await unknown.ping(deadline: .in(.seconds(2)))
                }
                #expect(error?.message.contains("knows no primary of that name") == true)
                // The Sentinel has to have heard of the replica, which it does by INFO every ten seconds.
                let watcher = ValkeyClient(ValkeyConfiguration(.one(try sentinel.loopback)), group: group)
                defer { watcher.close() }
                let isKnown = try await eventually {
                    try await watcher.command("SENTINEL", ["REPLICAS", "main"]).items().count == 1
                }
                #expect(isKnown)
                first.kill()
                let start = MonotonicTime.now()
                let written = try await eventually {
                    await failure { () async throws(ValkeyError) in
                        _ = try await client.set("b", 2, deadline: .in(.seconds(2)))
                    } == nil
                }
                #expect(written && start.duration(to: .now()) < .seconds(60))
                same(try await admin.get("b", as: Int.self), 2)
            }
        }

        /// Makes the server of `client` a replica, and waits until it has the data.
        private func replicate(_ client: ValkeyClient, _ primary: StoreProcess) async throws {
            _ = try await client.command("REPLICAOF", ["127.0.0.1", Int(try #require(primary.port))])
            let isUp = try await eventually {
                try await client.command("INFO", ["replication"]).value(String.self).contains("master_link_status:up")
            }
            #expect(isUp)
        }
    }
}
