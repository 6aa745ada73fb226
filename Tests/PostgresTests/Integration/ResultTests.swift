import Postgres
import TestServers
import Testing

extension IntegrationTests {
    @Suite
    struct ResultTests {
        /// Small results are copied, larger ones stay with libpq, very large ones are freed elsewhere: nobody sees which.
        @Test(arguments: [0, 1, 3, 15_000, 17_000, 300_000])
        func valuesOfAllSizesComeWhole(size: Int) async throws {
            try await withClient { client, _ in
                for _ in 0..<2 {
                    let rows = try await client.query(
                        "SELECT repeat('x', \(Int32(size))) AS a, NULL::text AS b, '' AS c, \(size) AS d FROM generate_series(1, 3)"
                    )
                    #expect(rows.count == 3 && rows.affectedRows == 3)
                    #expect(rows.commandTag == "SELECT 3")
                    for row in rows {
                        let (a, b, c, d) = try row.decode(String.self, String?.self, String.self, Int.self)
                        #expect(a.utf8.count == size && a.utf8.allSatisfy { $0 == UInt8(ascii: "x") })
                        #expect(b == nil && c == "" && d == size)
                        #expect(row.columnNames == ["a", "b", "c", "d"])
                    }
                }
            }
        }

        /// The limit is that of each result, not of a batch.
        @Test
        func theResultsOfABatchHaveTheirLimitEach() async throws {
            try await withClient {
                $0.maximumResultBytes = 1 << 20
            } _: { client, _ in
                let queries = (0..<4).map { _ -> PostgresQuery in "SELECT repeat('x', 700000)" }
                let answers = try await client.batch(queries)
                #expect(answers.count == 4)
                for rows in answers { #expect(try rows[0].decode(String.self).utf8.count == 700_000) }
            }
        }

        private func check(
            _ transaction: PostgresTransaction,
            _ statement: PostgresQuery,
            _ expected: Int
        ) async throws {
            let count = try await transaction.execute(statement)
            #expect(count == expected)
        }

        @Test
        func commandsSayHowMuchTheyDid() async throws {
            try await withClient { client, _ in
                let table = "CREATE TEMP TABLE counted (id int)"
                try await client.withTransaction { transaction in
                    try await check(transaction, PostgresQuery(unsafeSQL: table), 0)
                    try await check(transaction, "INSERT INTO counted SELECT generate_series(1, 7)", 7)
                    try await check(transaction, "UPDATE counted SET id = id + 1 WHERE id > 2", 5)
                    try await check(transaction, "DELETE FROM counted WHERE id = 1000", 0)
                }
            }
        }

        /// Names are remembered with the statement; they must not outlive a change.
        @Test
        func newNamesOfColumnsAreSeen() async throws {
            try await withClient(server: PostgresServer.shared.get()) { client, _ in
                try await client.execute("DROP TABLE IF EXISTS renamed")
                try await client.execute("CREATE TABLE renamed (before int)")
                try await client.execute("INSERT INTO renamed VALUES (1)")
                func names() async throws -> [String]? {
                    try await client.query("SELECT * FROM renamed").first?.columnNames
                }
                for _ in 0..<3 {
                    let before = try await names()
                    #expect(before == ["before"])
                }
                try await client.execute("ALTER TABLE renamed RENAME before TO after")
                for _ in 0..<3 {
                    let after = try await names()
                    #expect(after == ["after"])
                }
                try await client.execute("DROP TABLE renamed")
            }
        }
    }
}
