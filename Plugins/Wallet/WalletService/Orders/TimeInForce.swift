import Plugin
import Postgres

/// How long an order waits for its price.
enum TimeInForce: String, Sendable, CaseIterable, PostgresDecodable {
    /// To the end of the trading day, or of the next one if the market is closed.
    case day
    /// Good till cancelled.
    case gtc

    var brokerage: BrokerageOrder.TimeInForce { self == .day ? .day : .gtc }
}
