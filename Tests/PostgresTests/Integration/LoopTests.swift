import Foundation
import Postgres
import Reactor
import TestServers
import Testing

extension IntegrationTests {
    /// No step of a loop takes more than a millisecond of the loop thread's CPU time, whatever the client does.
    @Suite
    struct LoopTests {
        private func watch(
            _ name: String,
            server: PostgresServer? = nil,
            _ change: (inout PostgresConfiguration) -> Void = { _ in },
            _ body: (PostgresClient, EventLoopGroup) async throws -> Void
        ) async throws {
            let steps = LongestSteps()
            try await withClient(server: server, observer: steps, change) { client, group in
                try await body(client, group)
            }
            let held = steps.report("postgres", name)
            #expect(held.isEmpty, "\(name): a loop was held")
        }

        @Test(.timeLimit(.minutes(2)))
        func manyQueries() async throws {
            try await watch("queries") { client, group in
                try await group.loops[0].run {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for worker in 0..<400 {
                            tasks.addTask {
                                for number in 0..<25 {
                                    let rows = try await client.query(
                                        "SELECT \(worker) + \(number), repeat('x', 500)",
                                        .within(.seconds(60))
                                    )
                                    _ = try rows[0].decode(Int.self, String.self)
                                }
                            }
                        }
                        try await tasks.waitForAll()
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func largeResultsStreamsAndCopy() async throws {
            try await watch("large") { client, group in
                try await client.execute("DROP TABLE IF EXISTS loaded")
                try await client.execute("CREATE TABLE loaded (id int8, note text)")
                try await group.loops[0].run {
                    try await client.copy(into: "loaded", columns: ["id", "note"]) { writer in
                        for id in 0..<20_000 {
                            try await writer.write(id, "a note that is not very long")
                            // The writer itself does not wait while the kernel takes what it writes.
                            if id % 50 == 0 { await Task.yield() }
                        }
                    }
                    let count = try await client.stream("SELECT g, repeat('x', 1000) FROM generate_series(1, 40000) g")
                    {
                        var count = 0
                        for try await _ in $0 { count += 1 }
                        return count
                    }
                    #expect(count == 40_000)
                    for _ in 0..<3 {
                        // 20 MB each, freed on the loop.
                        let rows = try await client.query(
                            "SELECT g, repeat('x', 200) FROM generate_series(1, 100000) g"
                        )
                        #expect(rows.count == 100_000)
                    }
                }
                try await client.execute("DROP TABLE loaded")
            }
        }

        /// Connections break and are made again, over TLS, with all the authorities of the system to read and free.
        @Test(.timeLimit(.minutes(2)))
        func connectsReconnectsAndClose() async throws {
            let certificates = try Certificates.shared()
            let server = try PostgresServer(listens: true, settings: ["ssl=on"]) {
                try certificates.install(.good, into: $0)
            }
            let system = (try? String(contentsOfFile: "/etc/ssl/certs/ca-certificates.crt", encoding: .utf8)) ?? ""
            let root = "\(server.folder)/roots.pem"
            try (String(contentsOfFile: certificates.authority, encoding: .utf8) + system)
                .write(toFile: root, atomically: false, encoding: .utf8)
            try await watch(
                "connects",
                server: server,
                {
                    $0.hosts = [.init("localhost", port: server.port)]
                    $0.tls = .verifyFull
                    $0.rootCertificate = root
                }
            ) { client, _ in
                for round in 0..<5 {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for _ in 0..<8 {
                            tasks.addTask {
                                try await client.withTransaction { _ = try await $0.query("SELECT pg_sleep(0.02)") }
                            }
                        }
                        try await tasks.waitForAll()
                    }
                    let error = await failure {
                        try await client.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lonja'"
                        )
                    }
                    #expect(error != nil, "round \(round)")
                    try await Task.sleep(for: .milliseconds(50))
                }
                try await client.execute("SELECT 1")
                client.close()
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
