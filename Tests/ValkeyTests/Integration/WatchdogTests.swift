import Reactor
import Synchronization
import TestServers
import Testing

@testable import Valkey

extension Integration {
    @Suite struct WatchdogTests {
        @Test func `no step holds its loop, under load and with large replies`() async throws {
            let server = try StoreProcess()
            try await server.start()
            defer { server.kill() }
            let endpoint = try server.unix
            let held = Mutex<[String]>([])
            let watchdog = LoopWatchdog(limit: StepLimit.step, clock: .processor, wallLimit: StepLimit.wall) {
                _,
                time,
                name in
                held.withLock { $0.append("\(name): \(time)") }
            }
            let group = try EventLoopGroup(count: 1, observer: watchdog)
            defer { group.shutdownAside() }
            try await group.loops[0].run {
                let client = ValkeyClient(ValkeyConfiguration(.one(endpoint)), group: group)
                defer { client.close() }
                try await load(client)
            }
            #expect(held.withLock { $0 } == [])
        }

        private func load(_ client: ValkeyClient) async throws {
            let value = [UInt8](repeating: 7, count: 100)
            for _ in 0..<10 {
                try await client.set("k", value)
                // All the replies come at once, and are cut into steps.
                _ = try await client.pipeline(Array(repeating: .get("k"), count: 1000))
                async let one: Void = many(client)
                async let two: Void = many(client)
                _ = try await (one, two)
            }
            let fields = (0..<2000).map { ("f\($0)", "v") }
            try await client.hset("h", fields)
            _ = try await client.execute(.hgetall("h"))
            _ = try await client.command("SETRANGE", ["big", 4_000_000, "x"])
            _ = try await client.execute(.get("big"))
        }

        private func many(_ client: ValkeyClient) async throws {
            for _ in 0..<200 { _ = try await client.get("k") }
        }
    }
}
