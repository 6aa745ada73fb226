internal import Digest

/// Brings the database of one service to the shape that this build knows. Safe to run in several processes at once: each
/// step takes an advisory lock, looks again at what was applied, and does one migration with its entry in
/// `lonja_migrations`, all in one transaction.
///
///     try await Migrator(client, service: "wallet", migrations: [.orders, .holdings]).run()
public struct Migrator: Sendable {
    private let client: PostgresClient
    private let service: String
    private let migrations: [Migration]

    /// For the database of `service`, whose name is also that of the lock.
    public init(_ client: PostgresClient, service: String, migrations: [Migration]) {
        self.client = client
        self.service = service
        self.migrations = migrations
    }

    /// Applies what is missing.
    /// - Parameter call: the deadline of each step; five minutes if none is given, as another process may be at work.
    /// - Returns: what was applied now.
    /// - Throws: `PostgresError` with code `migration` if an old migration was changed or the database is newer than this
    ///   build, and then nothing is applied; or the error of a statement, and then the steps before it stay.
    @discardableResult
    public func run(_ call: PostgresCall = .standard) async throws -> [Migration] {
        var applied: [Migration] = []
        while let migration = try await step(call.deadline == nil ? .within(.seconds(300)) : call) {
            applied.append(migration)
        }
        return applied
    }

    /// One transaction. Gives what it applied; nil when nothing is missing.
    private func step(_ call: PostgresCall) async throws -> Migration? {
        try await client.withTransaction(retries: 3, call) { transaction in
            // The server's own limit is for statements of services; building an index may take longer.
            try await transaction.execute("SET LOCAL statement_timeout = 0")
            try await transaction.execute("SELECT pg_advisory_xact_lock(\(lockKey))")
            try await createTable(transaction)
            let rows = try await transaction.query("SELECT number, name, sha256 FROM lonja_migrations")
            let lines = try rows.decode(Int.self, String.self, String.self)
                .map { MigrationPlan.Applied(number: $0.0, name: $0.1, checksum: $0.2) }
            let plan = try MigrationPlan(service: service, known: migrations, applied: lines)
            guard let next = plan.pending.first else { return nil }
            do {
                try await transaction.script(next.sql)
            } catch var error as PostgresError {
                error.message = "migration \(next.number) (\(next.name)) of \(service) failed: \(error.message)"
                throw error
            }
            try await transaction.execute(
                """
                INSERT INTO lonja_migrations (number, name, sha256)
                VALUES (\(next.number), \(next.name), \(next.checksum))
                """
            )
            return next
        }
    }

    private func createTable(_ transaction: PostgresTransaction) async throws {
        let found = try await transaction.query("SELECT to_regclass('lonja_migrations') IS NOT NULL")
        guard try found.first?.value(at: 0, as: Bool.self) != true else { return }
        try await transaction.execute(
            """
            CREATE TABLE lonja_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        )
    }

    /// The first eight bytes of the hash of the service's name.
    var lockKey: Int64 {
        SHA256.hash(Array("lonja migrations \(service)".utf8)).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}
