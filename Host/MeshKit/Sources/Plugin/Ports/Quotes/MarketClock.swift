public import Money
public import Observe

/// A part of the trading day.
public enum MarketSession: String, Sendable, Hashable {
    /// Before the opening.
    case pre
    /// Regular trading.
    case open
    /// After the close.
    case post
    /// No trading.
    case closed
}

/// What time it is in a market.
public struct MarketClock: Sendable, Hashable {
    /// Now, by the source's clock: the replayed moment, if it replays.
    public let now: WallTime
    /// The trading day it is, or the last one, in the market's own zone.
    public let day: CalendarDate
    /// The session.
    public let session: MarketSession
    /// The next opening after `now`; nil when the replay ends before.
    public let nextOpen: WallTime?
    /// The next close after `now`; nil when the replay ends before.
    public let nextClose: WallTime?
    /// How many seconds of the market pass in one of ours; 1 but for a replay.
    public let speed: ExactDecimal

    /// A clock.
    public init(
        now: WallTime,
        day: CalendarDate,
        session: MarketSession,
        nextOpen: WallTime?,
        nextClose: WallTime?,
        speed: ExactDecimal = .one
    ) {
        self.now = now
        self.day = day
        self.session = session
        self.nextOpen = nextOpen
        self.nextClose = nextClose
        self.speed = speed
    }
}

/// One day a market trades.
public struct TradingDay: Sendable, Hashable {
    /// The day, in the market's own zone.
    public let day: CalendarDate
    /// When regular trading begins.
    public let open: WallTime
    /// When regular trading ends.
    public let close: WallTime
    /// Whether it ends earlier than usual.
    public let isShort: Bool

    /// A trading day.
    public init(day: CalendarDate, open: WallTime, close: WallTime, isShort: Bool) {
        self.day = day
        self.open = open
        self.close = close
        self.isShort = isShort
    }
}
