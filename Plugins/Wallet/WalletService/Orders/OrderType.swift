import Postgres

/// At which price.
enum OrderType: String, Sendable, CaseIterable, PostgresDecodable {
    /// The market's.
    case market
    /// The limit, or a better one.
    case limit
}
