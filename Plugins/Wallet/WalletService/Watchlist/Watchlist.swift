import Postgres
import RPC
import Reactor

/// The companies that clients watch.
struct Watchlist: Sendable {
    /// The most that one client watches.
    static let most = 500

    let database: PostgresClient

    /// Newest first.
    func symbols(of client: String, by deadline: MonotonicTime?) async throws -> [String] {
        let rows = try await database.query(
            "SELECT symbol FROM watched WHERE client = \(client) ORDER BY since DESC, symbol",
            PostgresCall(deadline: deadline)
        )
        return try rows.decode(String.self)
    }

    /// Without effect for one that is there already.
    /// - Throws: RESOURCE_EXHAUSTED above the limit.
    func add(_ symbol: String, for client: String, by deadline: MonotonicTime?) async throws {
        // One statement, so that two at once cannot pass the limit together by more than themselves.
        let count = try await database.execute(
            """
            INSERT INTO watched (client, symbol)
            SELECT \(client), \(symbol)
            WHERE (SELECT count(*) FROM watched WHERE client = \(client)) < \(Self.most)
                OR EXISTS (SELECT FROM watched WHERE client = \(client) AND symbol = \(symbol))
            ON CONFLICT (client, symbol) DO UPDATE SET since = watched.since
            """,
            PostgresCall(deadline: deadline)
        )
        guard count == 1 else {
            throw RPCError(.resourceExhausted, "a client watches at most \(Self.most) companies")
        }
    }

    /// Without effect for one that is not there.
    func remove(_ symbol: String, for client: String, by deadline: MonotonicTime?) async throws {
        try await database.execute(
            "DELETE FROM watched WHERE client = \(client) AND symbol = \(symbol)",
            PostgresCall(deadline: deadline)
        )
    }
}
