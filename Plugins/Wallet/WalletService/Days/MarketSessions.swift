import Contracts
import Money
import Observe

/// The trading days around a moment, in the market's own time. Pure.
struct MarketSessions: Sendable {
    /// One of them.
    struct Session: Sendable, Hashable {
        let day: CalendarDate
        let open: WallTime
        let close: WallTime
    }

    /// How many days around a moment are asked for.
    static let span = 20

    /// Oldest first.
    private let sessions: [Session]
    /// The days that were asked for.
    private let asked: ClosedRange<CalendarDate>

    init(_ items: [MarketTradingDay], asked: ClosedRange<CalendarDate>) {
        self.asked = asked
        sessions = items.compactMap { item in
            guard let day = try? CalendarDate(parsing: item.date), let open = WallTime(rfc3339: item.open),
                let close = WallTime(rfc3339: item.close), open < close
            else { return nil }
            return Session(day: day, open: open, close: close)
        }.sorted { $0.open < $1.open }
    }

    /// The days to ask for around a moment; nil outside the calendar.
    static func around(_ moment: WallTime) -> ClosedRange<CalendarDate>? {
        guard let day = CalendarDate(secondsSinceEpoch: Int(moment.secondsSinceEpoch)),
            let first = day.advanced(byDays: -span), let last = day.advanced(byDays: span)
        else { return nil }
        return first...last
    }

    /// Whether a moment is well within what was asked for.
    func covers(_ moment: WallTime) -> Bool {
        guard let inner = Self.around(moment) else { return false }
        let reach = inner.lowerBound.days(to: asked.lowerBound)
        return abs(reach) <= Self.span / 2
    }

    /// The trading day that a moment belongs to: the last that has begun.
    func current(at moment: WallTime) -> Session? { sessions.last { $0.open <= moment } }

    /// The days after one, through another; that alone if it is before, as when a replay begins again.
    func sessions(after day: CalendarDate, through last: Session) -> [Session] {
        guard day < last.day, sessions.first.map({ $0.day <= day }) == true else { return [last] }
        return sessions.filter { $0.day > day && $0.day <= last.day }
    }

    /// The day after one; nil where that is not known.
    func next(after day: CalendarDate) -> Session? { sessions.first { $0.day > day } }
}
