import Postgres

extension Migration {
    /// What an order needs at a brokerage that keeps orders: whose books it is in, and the worst price that the client
    /// agreed to.
    static let brokerages = Migration(
        number: 3,
        name: "brokerages",
        sql: #"""
            ALTER TABLE orders ADD COLUMN worst_price numeric, ADD COLUMN brokerage text;
            -- Limit orders that a brokerage keeps; those that it does not keep are in orders_waiting.
            CREATE INDEX orders_at_brokerages ON orders (attend_at) WHERE state = 'executing' AND brokerage IS NOT NULL;
            """#
    )
}
