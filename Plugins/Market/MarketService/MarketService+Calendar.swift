import Contracts
import Money
import Observe
import Plugin
import RPC
import SwiftProtobuf

extension MarketService {
    /// The most days between `from` and `to`.
    static let mostCalendarDays = 366

    func getClock(_ request: MarketGetClockRequest, _ context: CallContext) async throws -> Contracts.MarketClock {
        try await use { source in
            let clock = try await source.clock()
            let moment = now()
            var answer = Contracts.MarketClock()
            answer.session = clock.session == .open ? .open : .closed
            answer.replayed = source.capabilities.timeliness == .replayed
            answer.time = Google_Protobuf_Timestamp(answer.replayed ? moment : clock.now)
            if answer.replayed { answer.replayedTime = Google_Protobuf_Timestamp(clock.now) }
            if let change = Self.nextChange(clock, now: answer.replayed ? moment : clock.now) {
                answer.nextChange = Google_Protobuf_Timestamp(change)
            }
            return answer
        }
    }

    func getCalendar(
        _ request: MarketGetCalendarRequest,
        _ context: CallContext
    ) async throws -> MarketGetCalendarResponse {
        let first = try Self.date(request.from, field: "from")
        let last = try Self.date(request.to, field: "to")
        return try await use { source in
            let today = try await source.clock().day
            let from = first ?? min(today, last ?? today)
            let to = last ?? from.advanced(byDays: 30) ?? .latest
            guard from <= to else { throw RPCError.field("to", "out-of-range", "must not be before from") }
            guard from.days(to: to) < Self.mostCalendarDays else {
                throw RPCError.field("to", "out-of-range", "must be less than \(Self.mostCalendarDays) days after from")
            }
            var response = MarketGetCalendarResponse()
            response.items = try await source.calendar(from: from, through: to).map(MarketTradingDay.init)
            return response
        }
    }

    /// When the session changes next, by our time: a fast replay gets there sooner.
    static func nextChange(_ clock: SourceClock, now: WallTime) -> WallTime? {
        let next = clock.session == .open ? clock.nextClose : clock.nextOpen
        guard let next, clock.speed > .zero else { return nil }
        let left = Int(clock.now.duration(to: next) / .milliseconds(1))
        guard let scaled = try? ExactDecimal(left).divided(by: clock.speed, scale: 0, rounding: .ceiling) else {
            return nil
        }
        return now.advanced(by: .milliseconds(Int64(clamping: scaled.coefficient)))
    }
}

extension MarketTradingDay {
    init(_ day: TradingDay) {
        self.init()
        date = day.day.description
        open = day.open.rfc3339(digits: 0)
        close = day.close.rfc3339(digits: 0)
    }
}
