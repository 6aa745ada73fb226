import Postgres
import Reactor
import Testing

extension IntegrationTests {
    @Suite
    struct MigratorTests {
        private let first = Migration(
            number: 1,
            name: "users",
            sql:
                "CREATE TABLE m_users (id int8 PRIMARY KEY); CREATE INDEX ON m_users (id); INSERT INTO m_users VALUES (1);"
        )
        private let second = Migration(
            number: 2,
            name: "more",
            sql: "INSERT INTO m_users VALUES (2); SELECT pg_sleep(0.1); DO $$ BEGIN PERFORM 1; END $$"
        )

        private func withDatabase(_ name: String, _ body: (PostgresClient) async throws -> Void) async throws {
            try await withClient { client, _ in
                try await client.execute("DROP DATABASE IF EXISTS \(identifier: name)")
                try await client.execute("CREATE DATABASE \(identifier: name)")
            }
            try await withClient(loops: 2, { $0.database = name }) { client, _ in try await body(client) }
        }

        @Test(.timeLimit(.minutes(1)))
        func appliesOnceAlsoFromTwoAtOnce() async throws {
            try await withDatabase("migrate_apply") { client in
                let applied = try await withThrowingTaskGroup(of: [Migration].self) { tasks in
                    for _ in 0..<4 {
                        tasks.addTask {
                            try await Migrator(client, service: "test", migrations: [first, second]).run()
                        }
                    }
                    return try await tasks.reduce([], +)
                }
                #expect(applied.map(\.number).sorted() == [1, 2])
                #expect(try await client.query("SELECT id FROM m_users ORDER BY id").decode(Int.self) == [1, 2])
                let lines = try await client.query("SELECT name, sha256 FROM lonja_migrations ORDER BY number")
                #expect(try lines[0].value("sha256", as: String.self) == first.checksum)
                #expect(try await Migrator(client, service: "test", migrations: [first, second]).run().isEmpty)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func refusesAChangedFileAndADatabaseFromTheFuture() async throws {
            try await withDatabase("migrate_refuse") { client in
                try await Migrator(client, service: "test", migrations: [first, second]).run()
                let edited = Migration(number: 1, name: "users", sql: first.sql + " ")
                let third = Migration(number: 3, name: "third", sql: "CREATE TABLE m_third ()")
                let changed = await failure {
                    try await Migrator(client, service: "test", migrations: [edited, second, third]).run()
                }
                #expect(changed?.code == .migration)
                #expect(changed?.description.contains("migration 1 (users) of test was changed") == true)
                let future = await failure { try await Migrator(client, service: "test", migrations: [first]).run() }
                #expect(future?.description.contains("newer than this build") == true)
                let none = try await client.query("SELECT to_regclass('m_third') IS NULL")
                #expect(try none[0].value(at: 0, as: Bool.self))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aFailedOneLeavesNothingOfItself() async throws {
            try await withDatabase("migrate_fail") { client in
                let broken = Migration(number: 2, name: "broken", sql: "CREATE TABLE m_half (); SELECT 1/0;")
                let error = await failure {
                    try await Migrator(client, service: "test", migrations: [first, broken]).run()
                }
                #expect(error?.sqlState == "22012" && error?.message.contains("migration 2 (broken)") == true)
                let left = try await client.query(
                    "SELECT count(*), to_regclass('m_half') IS NULL FROM lonja_migrations"
                )
                let (count, isGone) = try left[0].decode(Int.self, Bool.self)
                #expect(count == 1 && isGone)
                let commits = Migration(number: 2, name: "commits", sql: "CREATE TABLE m_early (); COMMIT;")
                let misuse = await failure {
                    try await Migrator(client, service: "test", migrations: [first, commits]).run()
                }
                #expect(misuse?.code == .misuse)
            }
        }
    }
}
