import Contracts
import Money
import Observe
import RPC

/// Asks the market what day it is, and notes the days as they begin.
struct DayWatch: Sendable {
    let store: DayStore
    let days: MarketDays
    let market: MarketClient
    /// How long one call to the market may take.
    let patience: Duration

    /// Notes the day if it is new.
    func look(_ context: CallContext) async throws {
        let clock = try await market.getClock(MarketGetClockRequest(), context.with(timeout: patience))
        let moment = MarketMoment(clock)
        let sessions = try await sessions(at: moment.marketTime, context)
        // Before the first trading day that the market knows there is nothing to book.
        guard let session = sessions.current(at: moment.marketTime) else { return }
        if days.gate == nil { try await refresh(context) }
        guard days.gate?.day != session.day else { return }
        // What was missed is noted too, unless it is too long ago; not before the first day that is known.
        var begun = [session]
        if let last = days.gate?.day { begun = sessions.sessions(after: last, through: session) }
        let beginnings = zip(begun, moment.openings(of: begun)).map {
            DayStore.Beginning(day: $0.day, since: $1)
        }
        try await store.begin(beginnings, by: context.deadline)
    }

    /// Learns how far the books are.
    func refresh(_ context: CallContext) async throws { days.update(try await store.gate(by: context.deadline)) }

    private func sessions(at moment: WallTime, _ context: CallContext) async throws -> MarketSessions {
        if let known = days.sessions, known.covers(moment) { return known }
        guard let asked = MarketSessions.around(moment) else {
            throw RPCError(.unavailable, "the market's time is outside the calendar")
        }
        var request = MarketGetCalendarRequest()
        request.from = asked.lowerBound.description
        request.to = asked.upperBound.description
        let answer = try await market.getCalendar(request, context.with(timeout: patience))
        let sessions = MarketSessions(answer.items, asked: asked)
        days.sessions = sessions
        return sessions
    }
}
