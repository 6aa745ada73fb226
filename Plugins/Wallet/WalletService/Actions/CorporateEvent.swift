import Contracts
import Money
import Observe
import Postgres

/// A split or a dividend that takes effect on a day, as it is stored. A class: see `OrderTerms`.
final class CorporateEvent: Sendable {
    enum Kind: Sendable {
        case split(ShareRatio)
        /// Cash for each share.
        case dividend(Amount)
    }

    /// Company, kind, ex day, and the day on which it was booked: a replay has the same ones again.
    let id: String
    let ordinal: Int
    let symbol: String
    let exDay: CalendarDate
    let kind: Kind

    init(id: String, ordinal: Int, symbol: String, exDay: CalendarDate, kind: Kind) {
        self.id = id
        self.ordinal = ordinal
        self.symbol = symbol
        self.exDay = exDay
        self.kind = kind
    }

    /// What the market says; nil where that makes no sense.
    convenience init?(_ action: MarketAction, _ symbol: String, ordinal: Int) {
        guard let exDay = try? CalendarDate(parsing: action.exDate) else { return nil }
        let kind: Kind
        switch action.type {
        case "split" where action.newShares > 0 && action.oldShares > 0:
            kind = .split(ShareRatio(new: Int(action.newShares), old: Int(action.oldShares)))
        case "dividend":
            guard let amount = try? action.amount.exact(), amount.value.signum > 0 else { return nil }
            kind = .dividend(amount)
        default: return nil
        }
        self.init(
            id: "\(symbol)-\(action.type)-\(exDay)-\(ordinal)",
            ordinal: ordinal,
            symbol: symbol,
            exDay: exDay,
            kind: kind
        )
    }

    /// Reads id, ordinal, symbol, ex_date, new_shares, old_shares, per_share and currency.
    convenience init(_ row: PostgresRow, from column: Int) throws {
        let kind: Kind
        if let new = try row.value(at: column + 4, as: Int32?.self) {
            kind = .split(ShareRatio(new: Int(new), old: Int(try row.value(at: column + 5, as: Int32.self))))
        } else {
            kind = .dividend(Amount(try row.value(at: column + 6), try row.value(at: column + 7)))
        }
        self.init(
            id: try row.value(at: column),
            ordinal: Int(try row.value(at: column + 1, as: Int32.self)),
            symbol: try row.value(at: column + 2),
            exDay: try row.value(at: column + 3),
            kind: kind
        )
    }

    /// The columns that `init(_ row:)` reads, of `corporate_actions a`.
    static let columns =
        "a.id, a.ordinal, a.symbol, a.ex_date, a.new_shares, a.old_shares, a.per_share, a.currency"

    var name: String {
        switch kind {
        case .split: "split"
        case .dividend: "dividend"
        }
    }

    var ratio: ShareRatio? { if case .split(let ratio) = kind { ratio } else { nil } }
    var perShare: Amount? { if case .dividend(let amount) = kind { amount } else { nil } }
}
