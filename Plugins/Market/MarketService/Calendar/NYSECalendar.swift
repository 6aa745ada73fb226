import Money
import Observe
import Plugin

/// When the New York Stock Exchange trades, by its rules: for a source that cannot say.
///
/// Regular trading is 09:30 to 16:00 in New York, on short days to 13:00. Full days off are right since 1986, short days
/// since 1993; the future is computed by the rules of today (NYSE Rule 7.2), and knows nothing of days of mourning.
struct NYSECalendar: Sendable {
    /// What a day is.
    enum Day: Hashable {
        case trading(isShort: Bool)
        case weekend
        case holiday(String)
    }

    /// When trading ends on a short day, in seconds after midnight in New York.
    static let shortClose = 46_800

    func day(_ day: CalendarDate) -> Day {
        if day.weekday >= 6 { return .weekend }
        if let name = NYSEHolidays.name(of: day) { return .holiday(name) }
        return .trading(isShort: NYSEShortDays.contains(day))
    }

    /// When there is trading on the day; nil if there is none.
    func tradingDay(_ day: CalendarDate) -> TradingDay? {
        guard case .trading(let isShort) = self.day(day) else { return nil }
        return TradingDay(
            day: day,
            open: NewYorkTime.moment(day, seconds: NewYorkTime.open),
            close: NewYorkTime.moment(day, seconds: isShort ? Self.shortClose : NewYorkTime.close),
            isShort: isShort
        )
    }

    /// The trading days from one day through another, both included, oldest first.
    func tradingDays(from first: CalendarDate, through last: CalendarDate) -> [TradingDay] {
        days(from: first, through: last).compactMap(tradingDay)
    }

    /// The weekdays without trading from one day through another, both included, oldest first.
    func holidays(from first: CalendarDate, through last: CalendarDate) -> [(day: CalendarDate, name: String)] {
        days(from: first, through: last).compactMap { day in
            if case .holiday(let name) = self.day(day) { (day, name) } else { nil }
        }
    }

    /// The last trading day that has ended at `now`, with `delay` after its close.
    func lastEnded(at now: WallTime, delay: Duration = .zero) -> TradingDay? {
        guard let today = NewYorkTime.local(now)?.day else { return nil }
        return near(today, step: -1).first { $0.close.advanced(by: delay) <= now }
    }

    /// What time it is in the market at `now`.
    func clock(at now: WallTime) -> SourceClock? {
        guard let today = NewYorkTime.local(now)?.day else { return nil }
        let next = near(today, step: 1)
        let isOpen = next.first.map { $0.open <= now && now < $0.close } ?? false
        let last = near(today, step: -1).first { $0.open <= now }
        return SourceClock(
            now: now,
            day: last?.day ?? today,
            session: isOpen ? .open : .closed,
            nextOpen: next.first { $0.open > now }?.open,
            nextClose: next.first { $0.close > now }?.close
        )
    }

    private func days(from first: CalendarDate, through last: CalendarDate) -> [CalendarDate] {
        guard first <= last else { return [] }
        return (first.daysSinceEpoch...last.daysSinceEpoch).compactMap { CalendarDate(daysSinceEpoch: $0) }
    }

    /// The trading days of the fortnight that begins with `day`, in the direction of `step`: never without one.
    private func near(_ day: CalendarDate, step: Int) -> [TradingDay] {
        (0..<14).compactMap { day.advanced(byDays: $0 * step).flatMap(tradingDay) }
    }
}
