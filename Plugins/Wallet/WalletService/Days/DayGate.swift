import Contracts
import Money
import Observe

/// How far the books are with the market's days: which prices may be traded at, and how a price of before or after a
/// split is shown. Pure; a new one is made at every look.
///
/// Between the moment at which prices are without a split or a dividend and the moment at which it is booked, nothing
/// may be traded at the new prices by whom it concerns, or it would be booked for shares that it does not belong to.
struct DayGate: Sendable {
    /// Which of the days that were seen.
    let ordinal: Int
    let day: CalendarDate
    /// When the next one begins, by the market's time; nil if that is not known.
    var nextOpen: WallTime?
    /// Companies whose actions of the day are not known yet.
    var unknown: Set<String> = []
    /// The day's splits.
    var splits: [String: ShareRatio] = [:]
    /// For whom an action is yet to be booked.
    var pending: Set<Pending> = []

    /// A client and a company.
    struct Pending: Hashable, Sendable {
        let client: String
        let symbol: String
    }

    /// Whether a client may trade at a price of a moment of the market.
    /// - Parameter client: nil for whoever has no shares of it yet, nor orders.
    func admits(_ symbol: String, at moment: WallTime, for client: String?) -> Bool {
        if let nextOpen, moment >= nextOpen { return false }
        if unknown.contains(symbol) { return false }
        guard let client else { return true }
        return !pending.contains(Pending(client: client, symbol: symbol))
    }

    /// What a price is multiplied with for the shares that a client has in the books, as a split: nil for 1.
    /// - Parameter isOfToday: whether the price is of the day, or of an earlier one.
    func correction(_ symbol: String, for client: String, priceIsOfToday isOfToday: Bool) -> ShareRatio? {
        guard let split = splits[symbol] else { return nil }
        let isBooked = !pending.contains(Pending(client: client, symbol: symbol))
        if isBooked == isOfToday { return nil }
        return isBooked ? split : split.inverse
    }
}

extension MarketQuote {
    /// The market's time of the price.
    var marketTime: WallTime { WallTime(replayed ? replayedTime : asOf) }
}
