import Money
import Observe
import Plugin

/// Maps our time to a moment of a past market. Every replica with the same settings is at the same moment.
///
/// Only trading is replayed: right after 16:00 of one day comes 09:30 of the next trading day. After the last day comes
/// the first again.
struct ReplayClock: Sendable {
    /// A moment of the replay.
    struct Moment: Hashable, Sendable {
        /// Position of the day in the list of all trading days.
        var index: Int
        /// Seconds since the opening, 0..<23400.
        var second: Int
        /// How often the replay has begun anew.
        var lap: Int
    }

    /// Every trading day, days since 1970-01-01, those before the replay too.
    let days: [Int32]
    /// Position of the first replayed day.
    let first: Int
    /// How many seconds of the market pass in one of ours.
    let pace: Int
    /// When the replay began.
    let epoch: WallTime

    /// Nil unless a trading day from `start` on has another before it.
    init?(days: [Int32], start: CalendarDate, pace: Int, epoch: WallTime) {
        precondition(pace > 0, "the pace of a replay is above zero")
        guard let first = days.firstIndex(where: { $0 >= start.daysSinceEpoch }), first > 0 else { return nil }
        self.days = days
        self.first = first
        self.pace = pace
        self.epoch = epoch
    }

    /// Where the replay is at `now`, which may be before the epoch.
    func moment(at now: WallTime) -> Moment {
        let elapsed = Int128(now.nanosecondsSinceEpoch) - Int128(epoch.nanosecondsSinceEpoch)
        let passed = elapsed * Int128(pace)
        let seconds = Int(passed >= 0 ? passed / 1_000_000_000 : (passed - 999_999_999) / 1_000_000_000)
        let length = (days.count - first) * NewYorkTime.session
        let lap = seconds >= 0 ? seconds / length : (seconds - length + 1) / length
        let rest = seconds - lap * length
        return Moment(index: first + rest / NewYorkTime.session, second: rest % NewYorkTime.session, lap: lap)
    }

    /// The day at a position of the list.
    func date(_ index: Int) -> CalendarDate {
        guard let date = CalendarDate(daysSinceEpoch: Int(days[index])) else {
            preconditionFailure("the days of a replay are of the calendar")
        }
        return date
    }
}
