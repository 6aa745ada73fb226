import Money
import Postgres

/// One company of a client's, as it is stored. A class: see `OrderTerms`.
final class StoredPosition: Sendable {
    let symbol: String
    let currency: Currency
    let position: Position
    /// What was paid for the shares, in this account.
    let dividends: ExactDecimal

    /// Reads symbol, currency, available, held, cost, realised and dividends.
    init(_ row: PostgresRow) throws {
        symbol = try row.value(at: 0)
        currency = try row.value(at: 1)
        position = try Position(row, from: 2)
        dividends = try row.value(at: 6)
    }
}
