import Postgres
import Reactor
import Testing

extension IntegrationTests {
    @Suite
    struct TransactionTests {
        private struct Refused: Error {}

        private func withTable(
            _ change: (inout PostgresConfiguration) -> Void = { _ in },
            _ body: (PostgresClient, EventLoopGroup) async throws -> Void
        ) async throws {
            try await withClient(change) { client, group in
                try await client.execute("DROP TABLE IF EXISTS counters")
                try await client.execute("CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)")
                try await client.execute("INSERT INTO counters VALUES (1, 0), (2, 0)")
                try await body(client, group)
                try await client.execute("DROP TABLE counters")
            }
        }

        private func value(_ client: PostgresClient, _ id: Int = 1) async throws -> Int {
            try await client.query("SELECT value FROM counters WHERE id = \(id)")[0].value(at: 0)
        }

        @Test
        func commitsAndRollsBack() async throws {
            try await withTable { client, _ in
                _ = try await client.withTransaction {
                    try await $0.execute("UPDATE counters SET value = 5 WHERE id = 1")
                }
                #expect(try await value(client) == 5)
                await #expect(throws: Refused.self) {
                    try await client.withTransaction { transaction in
                        try await transaction.execute("UPDATE counters SET value = 6 WHERE id = 1")
                        throw Refused()
                    }
                }
                #expect(try await value(client) == 5)
                let failed = await failure {
                    try await client.withTransaction { transaction in
                        try await transaction.execute("UPDATE counters SET value = 7 WHERE id = 1")
                        _ = try? await transaction.execute("SELECT 1/0")
                    }
                }
                #expect(failed?.sqlState == "25P02")
                #expect(try await value(client) == 5)
                let readOnly = await failure {
                    _ = try await client.withTransaction(isolation: .repeatableRead, readOnly: true) {
                        try await $0.execute("UPDATE counters SET value = 8")
                    }
                }
                #expect(readOnly?.sqlState == "25006")
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func concurrentCountersAreRetriedUntilAllCount() async throws {
            try await withTable { client, _ in
                let runs = Counter()
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<4 {
                        tasks.addTask {
                            for _ in 0..<20 {
                                try await client.withTransaction(isolation: .serializable, retries: 100) {
                                    transaction in
                                    runs.increment()
                                    let rows = try await transaction.query("SELECT value FROM counters WHERE id = 1")
                                    let next = try rows[0].value(at: 0, as: Int.self) + 1
                                    try await transaction.execute("UPDATE counters SET value = \(next) WHERE id = 1")
                                }
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                #expect(try await value(client) == 80)
                #expect(runs.value > 80, "nothing collided, so nothing was shown")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aDeadlockIsRetried() async throws {
            try await withTable { client, _ in
                let runs = Counter()
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for (first, second) in [(1, 2), (2, 1)] {
                        tasks.addTask {
                            try await client.withTransaction { transaction in
                                runs.increment()
                                try await transaction.execute(
                                    "UPDATE counters SET value = value + 1 WHERE id = \(first)"
                                )
                                try await transaction.execute("SELECT pg_sleep(0.2)")
                                try await transaction.execute(
                                    "UPDATE counters SET value = value + 1 WHERE id = \(second)"
                                )
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                #expect(try await value(client, 1) == 2)
                #expect(try await value(client, 2) == 2)
                #expect(runs.value == 3)
            }
        }

        @Test
        func retriesEnd() async throws {
            try await withTable { client, _ in
                let runs = Counter()
                let error = await failure {
                    try await client.withTransaction(retries: 3) { transaction in
                        runs.increment()
                        try await transaction.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
                    }
                }
                #expect(error?.sqlState == "40001" && runs.value == 4)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aDeadlineEndsItAndFreesTheConnection() async throws {
            try await withTable({ $0.pool.maximumConnections = 1 }) { client, _ in
                let before = try await ConcurrencyTests.process(client)
                let error = await failure {
                    try await client.withTransaction(.within(.milliseconds(200))) { transaction in
                        try await transaction.execute("UPDATE counters SET value = 9 WHERE id = 1")
                        try await transaction.execute("SELECT pg_sleep(30)")
                    }
                }
                #expect(error?.code == .timeout)
                #expect(try await value(client) == 0)
                #expect(try await ConcurrencyTests.process(client) == before)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aLostCommitIsUnknownAndNotRetried() async throws {
            try await withTable { client, _ in
                let runs = Counter()
                try await client.execute(
                    """
                    CREATE OR REPLACE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$
                    """
                )
                try await client.execute(
                    """
                    CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON counters DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION die()
                    """
                )
                let error = await failure {
                    try await client.withTransaction { transaction in
                        runs.increment()
                        try await transaction.execute("UPDATE counters SET value = 9 WHERE id = 1")
                    }
                }
                #expect(error?.code == .commitUnknown && runs.value == 1)
                #expect(try await value(client) == 0)
            }
        }

        @Test
        func moreTransactionsThanConnections() async throws {
            try await withTable({ $0.pool.maximumConnections = 2 }) { client, _ in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for number in 0..<60 {
                        tasks.addTask { () async throws -> Void in
                            if number % 2 == 0 {
                                _ = try await client.withTransaction {
                                    try await $0.execute("UPDATE counters SET value = value + 1 WHERE id = 1")
                                }
                            } else {
                                _ = try await client.query("SELECT pg_sleep(0.002)")
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                #expect(try await value(client) == 30)
            }
        }
    }
}
