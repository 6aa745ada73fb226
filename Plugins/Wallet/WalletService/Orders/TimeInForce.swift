import Postgres

/// How long an order waits for its price.
enum TimeInForce: String, Sendable, CaseIterable, PostgresDecodable {
    /// To the end of the trading day, or of the next one if the market is closed.
    case day
    /// Good till cancelled.
    case gtc
}
