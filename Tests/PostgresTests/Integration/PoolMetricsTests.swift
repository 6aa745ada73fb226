import Glibc
import Logging
import Observe
import Postgres
import Reactor
import TestServers
import Testing

extension IntegrationTests {
    @Suite
    struct PoolMetricsTests {
        private let metrics = MetricRegistry()

        /// The value of a metric of loop 0; nil if it is not there.
        private func value(_ name: String, state: String? = nil) -> Double? {
            let lines = metrics.prometheusText().split(separator: "\n").filter { line in
                line.hasPrefix("lonja_postgres_\(name){") && (state.map { line.contains("state=\"\($0)\"") } ?? true)
            }
            return lines.first?.split(separator: " ").last.flatMap { Double($0) }
        }

        private func eventually(_ holds: () -> Bool) async throws -> Bool {
            for _ in 0..<100 {
                if holds() { return true }
                try await Task.sleep(for: .milliseconds(20))
            }
            return false
        }

        @Test
        func aPoolShowsWhatItHasAndDid() async throws {
            let server = try PostgresServer()
            var configuration = server.configuration()
            configuration.pool.maximumConnections = 2
            let group = try EventLoopGroup(count: 1)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let client = try PostgresClient(configuration, group: group, logger: logger, metrics: metrics)
            #expect(value("connections", state: "idle") == 0)
            for _ in 0..<5 { _ = try await client.query("SELECT 1") }
            _ = try await client.batch(["SELECT 1", "SELECT 2"])
            #expect(value("statements_total") == 7)
            #expect(value("waits_total") == 1, "the first one, for the first connection")
            let isIdle = try await eventually { value("connections", state: "idle") == 1 }
            #expect(isIdle)

            // Two transactions have both connections, and a third waits until its deadline.
            try await client.withTransaction { first in
                _ = try await first.query("SELECT 1")
                try await client.withTransaction { second in
                    _ = try await second.query("SELECT 1")
                    let isBusy = try await eventually { value("connections", state: "busy") == 2 }
                    #expect(isBusy)
                    async let third = failure {
                        try await client.withTransaction(.within(.milliseconds(300))) {
                            _ = try await $0.query("SELECT 1")
                        }
                    }
                    let isWaiting = try await eventually { value("waiting") == 1 }
                    #expect(isWaiting)
                    let error = await third
                    #expect(error?.code == .timeout)
                }
            }
            #expect(value("timeouts_total") == 1)
            let isFree = try await eventually { value("waiting") == 0 && value("connections", state: "idle") == 2 }
            #expect(isFree)

            server.kill(SIGKILL)
            let isLost = try await eventually { value("connections_lost_total") == 2 }
            #expect(isLost)
            _ = await failure { _ = try await client.query("SELECT 1", .within(.milliseconds(500))) }
            #expect(value("connect_failures_total") ?? 0 >= 1)
            client.close()
            await group.stop()
        }
    }
}
