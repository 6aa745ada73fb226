import Contracts
import Money
import Observe
import Plugin
import RPC
import Reactor
import SwiftProtobuf
import Synchronization

@testable import ReplayQuotes

/// A market whose prices, days and actions are those of the real replay driver. Tests jump ahead in its time; ours goes
/// on as it is.
final class ReplayFake: MarketServing {
    private let driver: ReplayDriver
    private let jumps: Jumps

    /// How far the driver's time is ahead of ours.
    private final class Jumps: Sendable {
        let ahead = Mutex(Duration.zero)
    }

    /// - Parameter start: the first day of the replay; a day of the market lasts 390 of our seconds.
    init(start: CalendarDate, loops: EventLoopGroup) throws {
        let jumps = Jumps()
        driver = try ReplayDriver(
            settings: ReplaySettings(pace: 60, start: start, epoch: WallTime.now()),
            loops: loops,
            now: { WallTime.now().advanced(by: jumps.ahead.withLock { $0 }) }
        )
        self.jumps = jumps
    }

    /// Lets time pass in the market: one of ours is 60 of the market's.
    func pass(_ time: Duration) { jumps.ahead.withLock { $0 += time } }

    /// Goes on to the opening of the next trading day.
    func nextDay() async throws {
        // The driver's clock has whole seconds, of which one is 17 ms of ours: what was done before stays before.
        try await EventLoop.current?.sleep(for: .milliseconds(40))
        let before = try await driver.clock()
        guard let close = before.nextClose else { throw RPCError(.internalError, "no close") }
        pass(.milliseconds(Int64(before.now.duration(to: close) / .milliseconds(60)) + 1))
    }

    var day: CalendarDate {
        get async throws { try await driver.clock().day }
    }

    func getQuote(_ request: MarketGetQuoteRequest, _ context: CallContext) async throws -> MarketQuote {
        guard let quote = try await quotes([request.symbol]).first else { throw RPCError(.notFound, "no such symbol") }
        return quote
    }

    func getQuotes(_ request: MarketGetQuotesRequest, _ context: CallContext) async throws -> MarketGetQuotesResponse {
        var response = MarketGetQuotesResponse()
        response.items = try await quotes(request.symbols)
        return response
    }

    private func quotes(_ symbols: [String]) async throws -> [MarketQuote] {
        let found = try await driver.quotes(symbols)
        let now = WallTime.now()
        return symbols.compactMap { symbol in
            guard case .success(let source) = found[symbol] else { return nil }
            var quote = MarketQuote()
            quote.symbol = symbol
            quote.price = LonjaMoney(source.price, source.currency)
            quote.asOf = Google_Protobuf_Timestamp(
                seconds: now.secondsSinceEpoch,
                nanos: Int32(now.nanosecondsOfSecond)
            )
            quote.source = "replay"
            quote.replayed = true
            quote.replayedTime = Google_Protobuf_Timestamp(seconds: source.asOf.secondsSinceEpoch)
            quote.session = .open
            return quote
        }
    }

    func getClock(_ request: MarketGetClockRequest, _ context: CallContext) async throws -> Contracts.MarketClock {
        let source = try await driver.clock()
        let now = WallTime.now()
        var answer = Contracts.MarketClock()
        answer.session = .open
        answer.replayed = true
        answer.time = Google_Protobuf_Timestamp(seconds: now.secondsSinceEpoch, nanos: Int32(now.nanosecondsOfSecond))
        answer.replayedTime = Google_Protobuf_Timestamp(seconds: source.now.secondsSinceEpoch)
        if let close = source.nextClose {
            let change = now.advanced(by: .milliseconds(Int64(source.now.duration(to: close) / .milliseconds(60))))
            answer.nextChange = Google_Protobuf_Timestamp(
                seconds: change.secondsSinceEpoch,
                nanos: Int32(change.nanosecondsOfSecond)
            )
        }
        return answer
    }

    func getCalendar(
        _ request: MarketGetCalendarRequest,
        _ context: CallContext
    ) async throws -> MarketGetCalendarResponse {
        let days = try await driver.calendar(
            from: CalendarDate(parsing: request.from),
            through: CalendarDate(parsing: request.to)
        )
        var response = MarketGetCalendarResponse()
        response.items = days.map { day in
            var item = MarketTradingDay()
            item.date = day.day.description
            item.open = day.open.rfc3339(digits: 0)
            item.close = day.close.rfc3339(digits: 0)
            return item
        }
        return response
    }

    func listActions(
        _ request: MarketListActionsRequest,
        _ context: CallContext
    ) async throws -> MarketListActionsResponse {
        var response = MarketListActionsResponse()
        response.items = try await driver.actions(request.symbol).map { action in
            var item = MarketAction()
            item.exDate = action.exDay.description
            switch action.kind {
            case .split(let old, let new):
                item.type = "split"
                item.oldShares = Int32(old)
                item.newShares = Int32(new)
            case .dividend(let cash, let currency):
                item.type = "dividend"
                item.amount = LonjaMoney(cash, currency)
            }
            return item
        }
        return response
    }

    func getHistory(_ request: MarketGetHistoryRequest, _ context: CallContext) async throws -> MarketHistory {
        let bars = try await driver.bars(request.symbol, from: .earliest, through: .latest)
        var history = MarketHistory()
        history.items = bars.map { bar in
            var item = MarketBar()
            item.date = bar.day.description
            item.close = bar.close.description
            return item
        }
        return history
    }
}
