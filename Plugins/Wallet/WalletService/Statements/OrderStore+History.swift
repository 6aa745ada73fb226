import Contracts
import Observe
import Postgres
import Reactor
import SwiftProtobuf

extension OrderStore {
    /// All that became of an order, oldest first.
    func history(of order: Order, by deadline: MonotonicTime?) async throws -> [WalletOrderEvent] {
        let rows = try await database.query(
            "SELECT what, problem, at FROM order_events WHERE order_id = \(order.id) ORDER BY number",
            PostgresCall(deadline: deadline)
        )
        return try rows.map { row in
            var event = WalletOrderEvent()
            event.what = try row.value(at: 0)
            event.problem = try row.value(at: 1)
            event.at = .init(try row.value(at: 2, as: WallTime.self))
            return event
        }
    }
}
