import Postgres
import Reactor
import Testing

extension IntegrationTests {
    /// Statements that are executed together.
    @Suite
    struct BatchTests {
        private func withTable(
            _ change: (inout PostgresConfiguration) -> Void = { _ in },
            _ body: (PostgresClient, EventLoopGroup) async throws -> Void
        ) async throws {
            try await withClient(change) { client, group in
                try await client.execute("DROP TABLE IF EXISTS batches")
                try await client.execute(
                    "CREATE TABLE batches (id int PRIMARY KEY, value int UNIQUE DEFERRABLE INITIALLY DEFERRED)"
                )
                try await client.execute("INSERT INTO batches VALUES (1, 1), (2, 2)")
                try await body(client, group)
                try await client.execute("DROP TABLE batches")
            }
        }

        private func values(_ client: PostgresClient) async throws -> [Int] {
            try await client.query("SELECT value FROM batches ORDER BY id").decode(Int.self)
        }

        private func check(_ client: PostgresClient, _ expected: [Int]) async throws {
            let found = try await values(client)
            #expect(found == expected)
        }

        @Test
        func givesTheRowsOfEachInOrder() async throws {
            try await withTable { client, _ in
                // The first time they are prepared on the way, then not.
                for round in 1...3 {
                    let answers = try await client.batch([
                        "UPDATE batches SET value = value + \(10) WHERE id = \(1) RETURNING value",
                        "SELECT value FROM batches WHERE id = \(2)",
                        "SELECT value FROM batches WHERE id = \(1)",
                        "INSERT INTO batches VALUES (\(100 + round), NULL)",
                    ])
                    #expect(answers.count == 4)
                    #expect(try answers[0][0].value(at: 0, as: Int.self) == 1 + 10 * round)
                    #expect(try answers[1][0].value(at: 0, as: Int.self) == 2)
                    #expect(try answers[2][0].value(at: 0, as: Int.self) == 1 + 10 * round)
                    #expect(answers[3].affectedRows == 1)
                }
                #expect(try await client.batch([]).isEmpty)
            }
        }

        @Test
        func allAreDoneOrNone() async throws {
            try await withTable { client, _ in
                let failing: [(query: PostgresQuery, state: String)] = [
                    ("SELECT 1 / \(0)", "22012"), ("SELECT nonsense", "42703"),
                    ("INSERT INTO batches VALUES (1, 9)", "23505"),
                ]
                for (bad, state) in failing {
                    let error = await failure {
                        _ = try await client.batch([
                            "UPDATE batches SET value = \(7) WHERE id = 1", bad,
                            "UPDATE batches SET value = \(8) WHERE id = 2",
                        ])
                    }
                    #expect(error?.sqlState == state)
                    try await check(client, [1, 2])
                }
                // A constraint that is checked at the end, where no statement is at fault.
                let late = await failure {
                    _ = try await client.batch(["UPDATE batches SET value = \(2) WHERE id = 1", "SELECT 1"])
                }
                #expect(late?.sqlState == "23505")
                try await check(client, [1, 2])
                // What was not prepared because of an error before it can be used later.
                #expect(try await client.execute("UPDATE batches SET value = \(8) WHERE id = 2") == 1)
                #expect(try await client.execute("UPDATE batches SET value = \(9) WHERE id = 2") == 1)
            }
        }

        @Test
        func moreKindsThanMayBePrepared() async throws {
            try await withTable({ $0.preparedStatements = 2 }) { client, _ in
                let queries = (0..<20).map { PostgresQuery(unsafeSQL: "SELECT \($0 % 5)") }
                for _ in 0..<3 {
                    let answers = try await client.batch(queries)
                    #expect(try answers.map { try $0[0].value(at: 0, as: Int.self) } == (0..<20).map { $0 % 5 })
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func readsBesideOneThatFailsAreAnswered() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, group in
                let sums = try await group.loops[0].run {
                    let batch = { @Sendable (last: Int) in
                        try await client.batch((1...4).map { "SELECT 12 / \($0 == 4 ? last : $0)" })
                            .map { try $0[0].value(at: 0, as: Int.self) }.reduce(0, +)
                    }
                    _ = try await batch(1)
                    return await withTaskGroup(of: (Int, Int?).self) { tasks in
                        for last in 0...6 { tasks.addTask { (last, try? await batch(last)) } }
                        return await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
                    }
                }
                for last in 1...6 { #expect(sums[last] == 12 + 6 + 4 + 12 / last) }
                #expect(sums[0] == .some(nil))
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func batchesThatMeetAreExecutedAgain() async throws {
            try await withTable { client, group in
                let error = await failure {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for task in 0..<40 {
                            let (first, second) = task % 2 == 0 ? (1, 2) : (2, 1)
                            tasks.addTask {
                                // In two orders, so that some of them are deadlocks.
                                _ = try await client.batch(
                                    [
                                        "UPDATE batches SET value = value + \(100) WHERE id = \(first)",
                                        "UPDATE batches SET value = value + \(100) WHERE id = \(second)",
                                    ],
                                    retries: 100
                                )
                            }
                        }
                        try await tasks.waitForAll()
                    }
                }
                #expect(error == nil)
                try await check(client, [4001, 4002])
                _ = group
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func endsByItsDeadlineAndWhenCancelled() async throws {
            try await withTable({ $0.pool.maximumConnections = 1 }) { client, _ in
                let sleeping: [PostgresQuery] = [
                    "UPDATE batches SET value = \(7) WHERE id = 1", "SELECT pg_sleep(\(20.0))", "SELECT 1",
                ]
                let late = await failure { _ = try await client.batch(sleeping, .within(.milliseconds(200))) }
                #expect(late?.code == .timeout)
                try await check(client, [1, 2])
                let task = Task { try await client.batch(sleeping) }
                try await Task.sleep(for: .milliseconds(100))
                task.cancel()
                let outcome = await task.result
                #expect(throws: PostgresError.self) { try outcome.get() }
                try await check(client, [1, 2])
            }
        }

        @Test
        func inATransaction() async throws {
            try await withTable { client, _ in
                let sum = try await client.withTransaction(isolation: .serializable) { transaction in
                    _ = try await transaction.batch([
                        "UPDATE batches SET value = \(10) WHERE id = 1",
                        "UPDATE batches SET value = \(20) WHERE id = 2",
                    ])
                    let answers = try await transaction.batch([
                        "SELECT sum(value) FROM batches", "SELECT current_setting('transaction_isolation')",
                    ])
                    #expect(try answers[1][0].value(at: 0, as: String.self) == "serializable")
                    return try answers[0][0].value(at: 0, as: Int.self)
                }
                #expect(sum == 30)
                let error = await failure {
                    _ = try await client.withTransaction { transaction in
                        _ = try await transaction.batch(["UPDATE batches SET value = \(99) WHERE id = 1", "SELECT 1/0"])
                    }
                }
                #expect(error?.sqlState == "22012")
                try await check(client, [10, 20])
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func waitsForAConnection() async throws {
            try await withTable({ $0.pool.maximumConnections = 2 }) { client, _ in
                let total = try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for _ in 0..<200 {
                        tasks.addTask {
                            try await client.batch((0..<10).map { "SELECT \($0)" })
                                .map { try $0[0].value(at: 0, as: Int.self) }.reduce(0, +)
                        }
                    }
                    for _ in 0..<20 {
                        tasks.addTask {
                            try await client.withTransaction { transaction in
                                try await transaction.batch(["SELECT 1", "SELECT 2"]).count
                            }
                        }
                    }
                    return try await tasks.reduce(0, +)
                }
                #expect(total == 200 * 45 + 20 * 2)
            }
        }
    }
}
