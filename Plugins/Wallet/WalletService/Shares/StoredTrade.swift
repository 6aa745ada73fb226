import Money
import Postgres

/// One line of the history of buying and selling. A class: see `OrderTerms`.
final class StoredTrade: Sendable {
    let orderID: PostgresUUID
    let number: Int64
    let symbol: String
    let side: OrderSide
    let currency: Currency
    let fill: OrderFill
    /// The market's trading day; nil before the first that is known.
    let day: CalendarDate?

    /// Reads order_id, number, symbol, side, currency, what `OrderFill` reads, and day.
    init?(_ row: PostgresRow) throws {
        guard let fill = try OrderFill(row, from: 5) else { return nil }
        orderID = try row.value(at: 0)
        number = try row.value(at: 1)
        symbol = try row.value(at: 2)
        side = try row.value(at: 3)
        currency = try row.value(at: 4)
        self.fill = fill
        day = try row.value(at: 11)
    }
}
