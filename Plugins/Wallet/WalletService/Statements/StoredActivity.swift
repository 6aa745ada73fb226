import Money
import Observe
import Postgres

/// Something that happened to a client beside a trade. A class: see `OrderTerms`.
final class StoredActivity: Sendable {
    enum Kind: String, Sendable, CaseIterable, PostgresDecodable { case deposit, split, dividend, reset }

    let id: PostgresUUID
    let number: Int64
    let kind: Kind
    let symbol: String?
    let amount: Amount?
    let quantity: ExactDecimal?
    let bookedAt: WallTime
    /// The market's trading day; nil before the first that is known.
    let day: CalendarDate?
    let ratio: ShareRatio?
    let perShare: ExactDecimal?

    /// Reads id, number, kind, symbol, amount, currency, quantity, booked_at, day, new_shares, old_shares, per_share.
    init(_ row: PostgresRow) throws {
        id = try row.value(at: 0)
        number = try row.value(at: 1)
        kind = try row.value(at: 2)
        symbol = try row.value(at: 3)
        if let value = try row.value(at: 4, as: ExactDecimal?.self) {
            amount = Amount(value, try row.value(at: 5))
        } else {
            amount = nil
        }
        quantity = try row.value(at: 6)
        bookedAt = try row.value(at: 7)
        day = try row.value(at: 8)
        if let new = try row.value(at: 9, as: Int32?.self) {
            ratio = ShareRatio(new: Int(new), old: Int(try row.value(at: 10, as: Int32.self)))
        } else {
            ratio = nil
        }
        perShare = try row.value(at: 11)
    }
}
