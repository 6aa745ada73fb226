import Money
import Postgres

/// Statements that write a client's shares of one company.
struct Books: Sendable {
    let client: String
    let symbol: String

    func updating(_ position: Position) -> PostgresQuery {
        """
        UPDATE positions SET available = \(position.available), held = \(position.held), cost = \(position.cost),
            realised = \(position.realised)
        WHERE client = \(client) AND symbol = \(symbol)
        """
    }

    /// A line of the ledger: of an order, or of an activity.
    func booking(
        _ move: Position.Move,
        order: PostgresUUID? = nil,
        activity: PostgresUUID? = nil
    ) -> PostgresQuery {
        """
        INSERT INTO share_transfers (kind, order_id, activity_id, client, symbol, quantity, source, target)
        VALUES (\(move.kind), \(order), \(activity), \(client), \(symbol), \(move.quantity), \(move.source.rawValue),
            \(move.target.rawValue))
        """
    }

    /// The activity of an action, in the account that the client has now.
    func noting(
        _ id: PostgresUUID,
        _ event: CorporateEvent,
        quantity: ExactDecimal,
        cash: Amount?
    ) -> PostgresQuery {
        """
        INSERT INTO activities (id, client, account, kind, symbol, action_id, quantity, amount, currency, booked_at)
        VALUES (\(id), \(client), (SELECT count(*) + 1 FROM resets WHERE client = \(client) AND state = 'done'),
            \(event.name), \(symbol), \(event.id), \(quantity), \(cash?.value), \(cash?.currency.code), now())
        """
    }
}
