import Contracts
import Money
import Observe
import Plugin
import RPC
import SwiftProtobuf

extension MarketService {
    /// The most days between `from` and `to`.
    static let mostCalendarDays = 366
    /// Who says so where no source can.
    static let ownRules = "nyse-rules"

    func getClock(_ request: MarketGetClockRequest, _ context: CallContext) async throws -> Contracts.MarketClock {
        let (clock, label) = try await clock()
        let moment = times.now()
        var answer = Contracts.MarketClock()
        answer.session = clock.session == .open ? .open : .closed
        answer.replayed = label?.isReplayed ?? false
        answer.source = label?.name ?? Self.ownRules
        answer.time = Google_Protobuf_Timestamp(moment)
        if answer.replayed { answer.replayedTime = Google_Protobuf_Timestamp(clock.now) }
        if let change = Self.nextChange(clock, now: moment) {
            answer.nextChange = Google_Protobuf_Timestamp(change)
        }
        return answer
    }

    func getCalendar(
        _ request: MarketGetCalendarRequest,
        _ context: CallContext
    ) async throws -> MarketGetCalendarResponse {
        let first = try Self.date(request.from, field: "from")
        let last = try Self.date(request.to, field: "to")
        let today = try await clock().clock.day
        let from = first ?? min(today, last ?? today)
        let to = last ?? from.advanced(byDays: 30) ?? .latest
        guard from <= to else { throw RPCError.field("to", "out-of-range", "must not be before from") }
        guard from.days(to: to) < Self.mostCalendarDays else {
            throw RPCError.field("to", "out-of-range", "must be less than \(Self.mostCalendarDays) days after from")
        }
        let (days, label) = try await tradingDays(from: from, through: to)
        var response = MarketGetCalendarResponse()
        response.items = days.map(MarketTradingDay.init)
        response.source = label?.name ?? Self.ownRules
        let traded = Set(days.map(\.day))
        response.holidays = calendar.holidays(from: from, through: to).filter { !traded.contains($0.day) }.map { day in
            .with {
                $0.date = day.day.description
                $0.name = day.name
            }
        }
        return response
    }

    /// The source's clock; that of the rules where the source has none, or does not answer.
    private func clock() async throws -> (clock: SourceClock, label: SourceLabel?) {
        do throws(QuoteSourceError) {
            return try await chain.first { link, label throws(QuoteSourceError) in
                (try await self.facts.clock(link, label), label)
            }
        } catch {
            guard error.code != .cancelled, chain.primary.source?.isReplayed != true,
                let clock = calendar.clock(at: times.now())
            else { throw RPCError(source: error) }
            return (clock, nil)
        }
    }

    private func tradingDays(
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws -> (days: [TradingDay], label: SourceLabel?) {
        do throws(QuoteSourceError) {
            return try await chain.first { link, label throws(QuoteSourceError) in
                (try await self.facts.tradingDays(link, from: first, through: last), label)
            }
        } catch {
            guard error.code != .cancelled, chain.primary.source?.isReplayed != true else {
                throw RPCError(source: error)
            }
            return (calendar.tradingDays(from: first, through: last), nil)
        }
    }

    /// When the session changes next, by our time: a fast replay gets there sooner.
    static func nextChange(_ clock: SourceClock, now: WallTime) -> WallTime? {
        let next = clock.session == .open ? clock.nextClose : clock.nextOpen
        guard let next, clock.speed > .zero else { return nil }
        if clock.speed == .one { return next }
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
        earlyClose = day.isShort
    }
}
