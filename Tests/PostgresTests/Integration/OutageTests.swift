import Glibc
import Postgres
import Reactor
import TestServers
import Testing

extension IntegrationTests {
    @Suite
    struct OutageTests {
        /// The server is killed twice in mid-traffic and started again: every call ends by its deadline, and afterwards
        /// all goes on without anybody's help.
        @Test(.timeLimit(.minutes(2)))
        func everyCallEndsAndThePoolRecovers() async throws {
            let server = try PostgresServer()
            try await withClient(loops: 2, server: server) { client, _ in
                let (answers, errors, late, ended) = (Counter(), Counter(), Counter(), Counter())
                try await client.execute("CREATE TABLE hits (id int8)")
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for worker in 0..<40 {
                        tasks.addTask {
                            while ended.value == 0 {
                                let deadline = MonotonicTime.now().advanced(by: .seconds(2))
                                let call = PostgresCall(deadline: deadline)
                                let error = await failure {
                                    if worker % 4 == 0 {
                                        try await client.withTransaction(call) {
                                            _ = try await $0.execute("INSERT INTO hits VALUES (1)")
                                        }
                                    } else {
                                        _ = try await client.query("SELECT \(worker), pg_sleep(0.001)", call)
                                    }
                                }
                                if error == nil { answers.increment() } else { errors.increment() }
                                if deadline.duration(to: .now()) > .milliseconds(500) { late.increment() }
                                if error != nil { try await Task.sleep(for: .milliseconds(20)) }
                            }
                        }
                    }
                    for _ in 0..<2 {
                        try await Task.sleep(for: .milliseconds(500))
                        server.kill(SIGKILL)
                        try await Task.sleep(for: .milliseconds(800))
                        try server.start()
                    }
                    try await Task.sleep(for: .seconds(1))
                    ended.increment()
                    try await tasks.waitForAll()
                }
                #expect(late.value == 0)
                #expect(answers.value > 100 && errors.value > 0)
                // While it backs off, calls fail at once; it must come back without help within two pauses of that.
                let limit = MonotonicTime.now().advanced(by: .seconds(6))
                var isBack = false
                while !isBack, MonotonicTime.now() < limit {
                    isBack = await failure { _ = try await client.query("SELECT 1") } == nil
                    if !isBack { try await Task.sleep(for: .milliseconds(50)) }
                }
                #expect(isBack)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aServerThatIsNotThereFailsInTimeAndWithAReason() async throws {
            try await withClient({
                $0.hosts = [.init("/nonexistent")]
                $0.pool.attemptsBeforeFailing = 2
            }) { client, _ in
                let first = await failure { _ = try await client.query("SELECT 1", .within(.seconds(5))) }
                #expect(first?.code == .connection)
                #expect(first?.description.contains("No such file or directory") == true)
                let start = MonotonicTime.now()
                let second = await failure { _ = try await client.query("SELECT 1", .within(.seconds(5))) }
                #expect(second?.code == .connection && start.duration(to: .now()) < .seconds(1))
                try await Task.sleep(for: .milliseconds(1))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aWrongDatabaseIsRefusedAtOnce() async throws {
            try await withClient({ $0.database = "no_such_database" }) { client, _ in
                let start = MonotonicTime.now()
                let error = await failure { _ = try await client.query("SELECT 1") }
                #expect(error?.sqlState == "3D000" && start.duration(to: .now()) < .seconds(3))
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }
}
