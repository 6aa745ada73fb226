import Contracts
import Observe
import Reactor

/// What time it is in the market, and how its time goes by. Pure.
struct MarketMoment: Sendable {
    /// Ours.
    let time: WallTime
    /// The market's: what prices of a replay were recorded at.
    let marketTime: WallTime
    /// When the session changes next, by our time.
    let change: WallTime?
    /// Only trading is told again: after a day comes the next at once, and both may go by faster than they did.
    let isReplayed: Bool

    init(_ clock: MarketClock) {
        time = WallTime(clock.time)
        isReplayed = clock.replayed
        marketTime = clock.replayed ? WallTime(clock.replayedTime) : time
        change = clock.hasNextChange ? WallTime(clock.nextChange) : nil
    }

    /// When trading days began, by our time.
    /// - Parameter sessions: oldest first; the last is the one that it is now.
    func openings(of sessions: [MarketSessions.Session]) -> [WallTime] {
        guard isReplayed, let last = sessions.last else { return sessions.map(\.open) }
        let pace = pace(in: last)
        func ours(_ length: Duration) -> Duration { .nanoseconds(Int64(Double(length.wholeNanoseconds) / pace)) }
        var opening = time.advanced(by: .zero - ours(last.open.duration(to: marketTime)))
        var found = [opening]
        for session in sessions.dropLast().reversed() {
            opening = opening.advanced(by: .zero - ours(session.open.duration(to: session.close)))
            found.append(opening)
        }
        return found.reversed()
    }

    /// How many seconds of the market pass in one of ours.
    private func pace(in session: MarketSessions.Session) -> Double {
        let left = marketTime.duration(to: session.close).wholeNanoseconds
        guard let change, left > 0, time < change else { return 1 }
        return max(1, Double(left) / Double(time.duration(to: change).wholeNanoseconds))
    }
}
