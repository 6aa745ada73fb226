import Money
import Observe
import Plugin
import RPC

/// The time as `v2/clock` has it.
struct AlpacaClock: Sendable {
    let now: WallTime
    let today: CalendarDate
    let isOpen: Bool
    let nextOpen: WallTime
    let nextClose: WallTime

    init(_ value: JSONValue) throws(QuoteSourceError) {
        guard let now = value["timestamp"]?.moment, let today = NewYorkTime.local(now)?.day,
            let isOpen = value["is_open"]?.bool, let nextOpen = value["next_open"]?.moment,
            let nextClose = value["next_close"]?.moment, now < nextOpen, now < nextClose
        else { throw AlpacaVerdict.malformed("has no time of the market") }
        self.now = now
        self.today = today
        self.isOpen = isOpen
        self.nextOpen = nextOpen
        self.nextClose = nextClose
    }

    /// - Parameter lastDay: the trading day it is, or the last one.
    func marketClock(lastDay: CalendarDate) -> MarketClock {
        // Regular trading is what the clock says; what is around it, the time says, but not on days off.
        let around: MarketSession
        switch NewYorkTime.session(at: now) {
        case .pre where lastDay == today: around = .pre
        case .open where lastDay == today: around = nextOpen < nextClose && isToday(nextOpen) ? .pre : .post
        case .post where lastDay == today: around = .post
        default: around = .closed
        }
        return MarketClock(
            now: now,
            day: lastDay,
            session: isOpen ? .open : around,
            nextOpen: nextOpen,
            nextClose: nextClose
        )
    }

    private func isToday(_ time: WallTime) -> Bool { NewYorkTime.local(time)?.day == today }
}
