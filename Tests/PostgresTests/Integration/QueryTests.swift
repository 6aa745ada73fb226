import Postgres
import Reactor
import Testing

extension IntegrationTests {
    @Suite
    struct QueryTests {
        @Test
        func aRowComesBackDecoded() async throws {
            try await withClient { client, _ in
                let (id, name) = (42, "Ana")
                let rows = try await client.query("SELECT \(id) AS id, \(name) AS name, NULL::int4 AS nothing")
                let row = try #require(rows.first)
                let (gotID, gotName, nothing) = try row.decode(Int.self, String.self, Int32?.self)
                #expect(gotID == 42 && gotName == "Ana" && nothing == nil)
                #expect(try row.value("name", as: String.self) == "Ana")
                #expect(rows.count == 1 && rows.affectedRows == 1)
            }
        }

        @Test
        func theCallerStaysOnItsLoop() async throws {
            try await withClient(loops: 2) { client, group in
                for loop in group.loops {
                    let stays = try await loop.run {
                        _ = try await client.query("SELECT 1")
                        let after = EventLoop.current === loop
                        let inside = try await client.withTransaction { transaction in
                            try await transaction.execute("SELECT 1")
                            return EventLoop.current === loop
                        }
                        return after && inside && EventLoop.current === loop
                    }
                    #expect(stays)
                }
            }
        }

        @Test
        func aFailedStatementHarmsNoOther() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, _ in
                try await withThrowingTaskGroup(of: (Int, String?).self) { tasks in
                    for number in 0..<200 {
                        tasks.addTask {
                            do {
                                let divisor = number % 3
                                let rows = try await client.query("SELECT 12 / \(divisor)")
                                #expect(try rows[0].value(at: 0, as: Int.self) == 12 / divisor)
                                return (number, nil)
                            } catch let error as PostgresError {
                                return (number, error.sqlState)
                            }
                        }
                    }
                    for try await (number, state) in tasks {
                        #expect(state == (number % 3 == 0 ? "22012" : nil), "\(number)")
                    }
                }
            }
        }

        @Test
        func errorsNameWhatFailedAndShowNoData() async throws {
            try await withClient { client, _ in
                try await client.execute("DROP TABLE IF EXISTS people")
                try await client.execute(
                    "CREATE TABLE people (email text CONSTRAINT one_each UNIQUE, age int NOT NULL)"
                )
                let email = "secret@example.com"
                try await client.execute("INSERT INTO people VALUES (\(email), 1)")
                let twice = await failure { try await client.execute("INSERT INTO people VALUES (\(email), 1)") }
                #expect(twice?.isUniqueViolation == true && twice?.constraint == "one_each" && twice?.table == "people")
                #expect(twice.map { !"\($0)".contains("secret") } == true)
                let missing = await failure { try await client.execute("INSERT INTO people VALUES ('x', NULL)") }
                #expect(missing?.sqlState == "23502" && missing?.column == "age")
                let malformed = await failure { _ = try await client.query("SELECT \("secret")::text::int") }
                #expect(malformed?.sqlState == "22P02")
                #expect(malformed.map { !"\($0)".contains("secret") } == true)
                let syntax = await failure { _ = try await client.query("SELEC 1") }
                #expect(syntax?.sqlState == "42601")
                try await client.execute("DROP TABLE people")
            }
        }

        @Test
        func aWrongTypeIsAClearError() async throws {
            try await withClient { client, _ in
                let rows = try await client.query("SELECT 'hidden'::text AS name, NULL::int8 AS size")
                let wrong = await failure { _ = try rows[0].value("name", as: Int.self) }
                #expect(wrong?.code == .decoding)
                #expect(wrong?.description == "column \"name\" (text), read as Int, has another type")
                let null = await failure { _ = try rows[0].value("size", as: Int.self) }
                #expect(null?.description == "column \"size\" (bigint), read as Int, is NULL")
                let many = await failure { _ = try rows[0].decode(String.self, Int?.self, Int.self) }
                #expect(many?.code == .decoding)
                let none = await failure { _ = try rows[0].value("other", as: Int.self) }
                #expect(none?.code == .decoding)
            }
        }

        @Test
        func aDeferredConstraintFailsTheStatementItself() async throws {
            try await withClient { client, _ in
                try await client.execute("DROP TABLE IF EXISTS late")
                try await client.execute("CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
                try await client.execute("INSERT INTO late VALUES (1)")
                // The error comes at the end of the statement's own transaction, after its result.
                let error = await failure { try await client.execute("INSERT INTO late VALUES (1)") }
                #expect(error?.sqlState == "23505")
                #expect(try await client.query("SELECT count(*) FROM late")[0].value(at: 0, as: Int.self) == 1)
                try await client.execute("DROP TABLE late")
            }
        }

        @Test
        func aPreparedStatementSurvivesAChangeOfItsTable() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, _ in
                try await client.execute("DROP TABLE IF EXISTS shape")
                try await client.execute("CREATE TABLE shape (a int)")
                func width() async throws -> Int {
                    try await client.execute("INSERT INTO shape DEFAULT VALUES")
                    return try await client.query("SELECT * FROM shape")[0].columnCount
                }
                #expect(try await width() == 1)
                #expect(try await width() == 1)
                try await client.execute("ALTER TABLE shape ADD b int")
                #expect(try await width() == 2)
                try await client.execute("DROP TABLE shape")
            }
        }

        @Test
        func moreStatementsThanAreKeptPrepared() async throws {
            try await withClient({
                $0.pool.maximumConnections = 1
                $0.preparedStatements = 3
            }) { client, _ in
                for round in 0..<4 {
                    for number in 0..<10 {
                        let rows = try await client.query("SELECT \(round) + \(unsafeSQL: String(number))")
                        #expect(try rows[0].value(at: 0, as: Int.self) == round + number)
                    }
                }
                let count = try await client.query("SELECT count(*) FROM pg_prepared_statements")
                #expect(try count[0].value(at: 0, as: Int.self) <= 4)
            }
        }

        @Test
        func textOfUsersStaysAValue() async throws {
            try await withClient { client, _ in
                try await client.execute("DROP TABLE IF EXISTS victims")
                try await client.execute("CREATE TABLE victims (name text)")
                let attempts = [
                    "'; DROP TABLE victims; --", "\\'; DROP TABLE victims; --", "$1", "${1}", "' OR '1'='1",
                    "\u{0301}'",
                    "\"; DELETE FROM victims", "/* */ UNION SELECT usename FROM pg_user", "ʼ; DROP TABLE victims",
                    "%_\\",
                ]
                for text in attempts {
                    try await client.execute("INSERT INTO victims VALUES (\(text))")
                    let found = try await client.query("SELECT name FROM victims WHERE name = \(text)")
                    #expect(try found.map { try $0.value(at: 0, as: String.self) } == [text])
                }
                let all = try await client.query("SELECT count(*) FROM victims")
                #expect(try all[0].value(at: 0, as: Int.self) == attempts.count)
                let column = "na\"me; DROP TABLE victims"
                let error = await failure { _ = try await client.query("SELECT \(identifier: column) FROM victims") }
                #expect(error?.sqlState == "42703")
                let zero = await failure { _ = try await client.query("SELECT \("a\0b")") }
                #expect(zero?.sqlState == "22021")
                try await client.execute("DROP TABLE victims")
            }
        }
    }
}
