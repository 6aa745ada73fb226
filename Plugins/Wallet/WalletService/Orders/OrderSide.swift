import Plugin
import Postgres

/// Which way shares go.
enum OrderSide: String, Sendable, CaseIterable, PostgresDecodable {
    case buy, sell

    var brokerage: BrokerageOrder.Side { self == .buy ? .buy : .sell }
}
