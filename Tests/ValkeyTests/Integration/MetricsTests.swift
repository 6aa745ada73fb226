import Observe
import Reactor
import TestServers
import Testing

@testable import Valkey

extension Integration {
    @Suite struct MetricsTests {
        /// The value of a metric of the client "shown".
        private func value(_ name: String, _ metrics: MetricRegistry) -> Double? {
            let prefix = "\(name){client=\"shown\"} "
            let line = metrics.prometheusText().split(separator: "\n").first { $0.hasPrefix(prefix) }
            return line.flatMap { Double($0.dropFirst(prefix.count)) }
        }

        @Test func `connections, commands, time-outs and reconnects are shown`() async throws {
            try await Store.run(loops: 2) { store in
                let metrics = MetricRegistry()
                var configuration = store.client.configuration
                configuration.name = "shown"
                configuration.maximumInFlight = 4
                let client = ValkeyClient(configuration, group: store.group, metrics: metrics)
                #expect(value("lonja_valkey_connections", metrics) == 0)
                for loop in store.group.loops { try await loop.run { try await client.ping() } }
                _ = try await client.pipeline([.get("a"), .get("b")])
                #expect(value("lonja_valkey_connections", metrics) == 2)
                #expect(value("lonja_valkey_connects_total", metrics) == 2)
                #expect(value("lonja_valkey_commands_total", metrics) == 3)
                #expect(value("lonja_valkey_commands_in_flight", metrics) == 0)

                store.server.freeze(true)
                let waiting = await withTaskGroup(of: Bool.self) { tasks in
                    for _ in 0..<10 {
                        tasks.addTask(executorPreference: store.group.loops[0]) {
                            await code { () async throws(ValkeyError) in
                                try await client.ping(deadline: .in(.milliseconds(300)))
                            } == .timeout
                        }
                    }
                    try? await Task.sleep(for: .milliseconds(100))
                    #expect(value("lonja_valkey_commands_in_flight", metrics) == 4)
                    #expect(value("lonja_valkey_commands_waiting", metrics) == 6)
                    return await tasks.reduce(true) { $0 && $1 }
                }
                #expect(waiting)
                #expect(value("lonja_valkey_timeouts_total", metrics) == 10)
                #expect(value("lonja_valkey_commands_waiting", metrics) == 0)
                store.server.freeze(false)
                store.server.kill()
                let isLost = try await eventually { value("lonja_valkey_connections", metrics) == 0 }
                #expect(isLost)
                #expect(value("lonja_valkey_commands_in_flight", metrics) == 0)
                try await store.server.start()
                for loop in store.group.loops { try await loop.run { try await client.ping() } }
                #expect(value("lonja_valkey_connects_total", metrics) == 4)
                client.close()
            }
        }
    }
}
