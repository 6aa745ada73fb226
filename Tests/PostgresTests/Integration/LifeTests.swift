import Glibc
import Postgres
import Reactor
import TestServers
import Testing

extension IntegrationTests {
    /// What becomes of connections: checks, age, idleness, the end.
    @Suite
    struct LifeTests {
        private func eventually(
            within limit: Duration = .seconds(10),
            _ condition: () async throws -> Bool
        ) async rethrows -> Bool {
            let end = MonotonicTime.now().advanced(by: limit)
            while MonotonicTime.now() < end {
                if try await condition() { return true }
                try? await Task.sleep(for: .milliseconds(20))
            }
            return false
        }

        private func sessions(_ admin: PostgresClient, _ name: String) async throws -> Int {
            try await admin.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = \(name)")[0].value(
                at: 0
            )
        }

        @Test(.timeLimit(.minutes(1)))
        func closeEndsEveryCallOfEveryKind() async throws {
            try await withClient { admin, _ in
                try await admin.execute("DROP TABLE IF EXISTS ended")
                try await admin.execute("CREATE TABLE ended (id int8)")
                try await withClient(loops: 2, { $0.applicationName = "closing" }) { client, _ in
                    var calls: [Task<PostgresError?, Never>] = []
                    func call(_ body: @escaping @Sendable () async throws -> Void) {
                        calls.append(Task { await failure(body) })
                    }
                    for _ in 0..<20 {
                        call { _ = try await client.query("SELECT pg_sleep(20)") }
                        call { try await client.withTransaction { _ = try await $0.query("SELECT pg_sleep(20)") } }
                    }
                    call { try await client.listen("ended") { _ = try await $0.next() } }
                    call { try await client.stream("SELECT pg_sleep(20)") { for try await _ in $0 {} } }
                    call {
                        try await client.copy(into: "ended", columns: ["id"]) { writer in
                            while true {
                                for id in 0..<10_000 { try await writer.write(id) }
                                try await Task.sleep(for: .milliseconds(10))
                            }
                        }
                    }
                    try await Task.sleep(for: .milliseconds(600))
                    let start = MonotonicTime.now()
                    client.close()
                    for call in calls { #expect(await call.value?.code == .closed) }
                    #expect(start.duration(to: .now()) < .seconds(2))
                    #expect(await failure { _ = try await client.query("SELECT 1") }?.code == .closed)
                    #expect(await failure { try await client.listen("ended") { _ in } }?.code == .closed)
                    client.close()
                    // Those at pg_sleep notice only when they are told.
                    try await admin.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
                    )
                    #expect(try await eventually { try await sessions(admin, "closing") == 0 })
                }
                let rows = try await admin.query("SELECT count(*) FROM ended")
                #expect(try rows[0].value(at: 0, as: Int.self) == 0)
                try await admin.execute("DROP TABLE ended")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aConnectionThatDoesNotAnswerItsCheckIsReplaced() async throws {
            try await withClient({
                $0.pool.maximumConnections = 1
                $0.pool.healthCheckInterval = .milliseconds(100)
                $0.pool.grace = .milliseconds(300)
            }) { client, _ in
                let before = try await ConcurrencyTests.process(client)
                // Checks that are answered change nothing.
                try await Task.sleep(for: .milliseconds(500))
                #expect(try await ConcurrencyTests.process(client) == before)
                kill(pid_t(before), SIGSTOP)
                defer {
                    kill(pid_t(before), SIGCONT)
                    kill(pid_t(before), SIGTERM)
                }
                try await Task.sleep(for: .milliseconds(600))
                let after = try await ConcurrencyTests.process(client, .within(.seconds(3)))
                #expect(after != before)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func oldConnectionsAreReplacedWithoutAnybodyNoticing() async throws {
            try await withClient { admin, _ in
                try await withClient({
                    $0.applicationName = "ageing"
                    $0.pool.maximumAge = .milliseconds(300)
                    $0.pool.maximumConnections = 2
                }) { client, _ in
                    var processes: Set<Int> = []
                    for _ in 0..<150 {
                        processes.insert(try await ConcurrencyTests.process(client))
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    #expect((3...14).contains(processes.count), "\(processes.count) connections in 1.5 seconds")
                    #expect(try await eventually { try await sessions(admin, "ageing") <= 2 })
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func idleConnectionsAreClosed() async throws {
            try await withClient { admin, _ in
                try await withClient({
                    $0.applicationName = "idling"
                    $0.pool.idleTimeout = .milliseconds(200)
                    $0.pool.minimumConnections = 0
                }) { client, _ in
                    try await client.execute("SELECT 1")
                    #expect(try await eventually { try await sessions(admin, "idling") == 0 })
                    try await client.execute("SELECT 1")
                }
            }
        }

        /// The server is stopped as a whole, so cancel requests are accepted by the kernel and never answered.
        @Test(.timeLimit(.minutes(1)))
        func cancelRequestsThatHangDoNotTakeTheThreads() async throws {
            let server = try PostgresServer()
            try await withClient(loops: 2, server: server, { $0.pool.grace = .milliseconds(300) }) { client, group in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<16 {
                        tasks.addTask {
                            try await client.withTransaction { _ = try await $0.query("SELECT pg_sleep(0.1)") }
                        }
                    }
                    try await tasks.waitForAll()
                }
                try server.signalAll(SIGSTOP)
                let late = Counter()
                await withTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<40 {
                        tasks.addTask {
                            let deadline = MonotonicTime.now().advanced(by: .milliseconds(200))
                            let error = await failure {
                                _ = try await client.query("SELECT 1", PostgresCall(deadline: deadline))
                            }
                            #expect(error?.code == .timeout)
                            if deadline.duration(to: .now()) > .milliseconds(500) { late.increment() }
                        }
                    }
                }
                #expect(late.value == 0)
                try await Task.sleep(for: .milliseconds(500))
                let start = MonotonicTime.now()
                try await group.blocking.run {}
                #expect(start.duration(to: .now()) < .milliseconds(500), "no thread was free")
                try server.signalAll(SIGCONT)
                #expect(
                    await eventually {
                        await failure { _ = try await client.query("SELECT 1", .within(.seconds(1))) } == nil
                    }
                )
            }
        }
    }
}
