import Contracts
import Money
import Observe
import RPC
import SwiftProtobuf
import Synchronization

/// A market whose days, prices and actions a test writes: the time of a day stands still at its opening until the test
/// goes on to the next.
final class ScriptedMarket: MarketServing {
    struct State {
        var day: CalendarDate
        var prices: [String: String]
        var closes: [String: [(day: CalendarDate, close: String)]] = [:]
        var actions: [String: [MarketAction]] = [:]
        /// Calls of ListActions that fail from now on.
        var failures = 0
    }

    let state: Mutex<State>

    init(day: CalendarDate, prices: [String: String]) { state = Mutex(State(day: day, prices: prices)) }

    var day: CalendarDate { state.withLock { $0.day } }

    func set(_ symbol: String, _ price: String) { state.withLock { $0.prices[symbol] = price } }

    func price(_ symbol: String) -> String { state.withLock { $0.prices[symbol] ?? "0" } }

    func closes(_ symbol: String) -> [String: String] {
        let found = state.withLock { $0.closes[symbol] ?? [] }
        return Dictionary(found.map { ($0.day.description, $0.close) }) { $1 }
    }

    /// The day ends at the prices it has now; the next one begins with what was announced for it.
    func nextDay() {
        state.withLock { state in
            for (symbol, price) in state.prices { state.closes[symbol, default: []].append((state.day, price)) }
            repeat { state.day = state.day.advanced(byDays: 1) ?? state.day } while state.day.weekday > 5
        }
    }

    /// A split that takes effect on the day that it is now.
    func split(_ symbol: String, _ new: Int32, _ old: Int32) {
        state.withLock { state in
            var action = MarketAction()
            action.type = "split"
            action.exDate = state.day.description
            (action.newShares, action.oldShares) = (new, old)
            state.actions[symbol, default: []].append(action)
        }
    }

    /// A dividend of the day that it is now.
    func dividend(_ symbol: String, _ cash: String) {
        state.withLock { state in
            var action = MarketAction()
            action.type = "dividend"
            action.exDate = state.day.description
            action.amount.amount = cash
            action.amount.currency = "USD"
            state.actions[symbol, default: []].append(action)
        }
    }

    private static func open(_ day: CalendarDate) -> Int64 { Int64(day.daysSinceEpoch) * 86_400 + 52_200 }

    func getQuote(_ request: MarketGetQuoteRequest, _ context: CallContext) async throws -> MarketQuote {
        guard let quote = quotes([request.symbol]).first else { throw RPCError(.notFound, "no such symbol") }
        return quote
    }

    func getQuotes(_ request: MarketGetQuotesRequest, _ context: CallContext) async throws -> MarketGetQuotesResponse {
        var response = MarketGetQuotesResponse()
        response.items = quotes(request.symbols)
        return response
    }

    private func quotes(_ symbols: [String]) -> [MarketQuote] {
        let state = state.withLock { $0 }
        let now = WallTime.now()
        return symbols.compactMap { symbol in
            guard let price = state.prices[symbol] else { return nil }
            var quote = MarketQuote()
            quote.symbol = symbol
            quote.price.amount = price
            quote.price.currency = "USD"
            quote.asOf = Google_Protobuf_Timestamp(
                seconds: now.secondsSinceEpoch,
                nanos: Int32(now.nanosecondsOfSecond)
            )
            quote.replayed = true
            quote.replayedTime = Google_Protobuf_Timestamp(seconds: Self.open(state.day))
            quote.source = "script"
            quote.session = .open
            return quote
        }
    }

    func getClock(_ request: MarketGetClockRequest, _ context: CallContext) async throws -> MarketClock {
        let now = WallTime.now()
        var clock = MarketClock()
        clock.session = .open
        clock.replayed = true
        clock.time = Google_Protobuf_Timestamp(seconds: now.secondsSinceEpoch, nanos: Int32(now.nanosecondsOfSecond))
        clock.replayedTime = Google_Protobuf_Timestamp(seconds: Self.open(day))
        clock.nextChange = Google_Protobuf_Timestamp(seconds: now.secondsSinceEpoch + 23_400)
        return clock
    }

    func getCalendar(
        _ request: MarketGetCalendarRequest,
        _ context: CallContext
    ) async throws -> MarketGetCalendarResponse {
        var response = MarketGetCalendarResponse()
        let last = try CalendarDate(parsing: request.to)
        var next: CalendarDate? = try CalendarDate(parsing: request.from)
        while let day = next, day <= last {
            next = day.advanced(byDays: 1)
            guard day.weekday <= 5 else { continue }
            var item = MarketTradingDay()
            item.date = day.description
            item.open = WallTime(secondsSinceEpoch: Self.open(day)).rfc3339(digits: 0)
            item.close = WallTime(secondsSinceEpoch: Self.open(day) + 23_400).rfc3339(digits: 0)
            response.items.append(item)
        }
        return response
    }

    func listActions(
        _ request: MarketListActionsRequest,
        _ context: CallContext
    ) async throws -> MarketListActionsResponse {
        let found: [MarketAction]? = state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                return nil
            }
            return state.actions[request.symbol] ?? []
        }
        guard let found else { throw RPCError(.unavailable, "the market is away") }
        var response = MarketListActionsResponse()
        response.items = found
        return response
    }

    func getHistory(_ request: MarketGetHistoryRequest, _ context: CallContext) async throws -> MarketHistory {
        let found = state.withLock { $0.closes[request.symbol] ?? [] }
        var history = MarketHistory()
        history.items = found.map { day, close in
            var bar = MarketBar()
            bar.date = day.description
            bar.close = close
            return bar
        }
        return history
    }
}
