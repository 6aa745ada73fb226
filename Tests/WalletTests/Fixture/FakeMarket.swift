import Contracts
import Foundation
import Observe
import RPC
import SwiftProtobuf
import Synchronization
import Testing

/// The market as the wallet sees it: says the prices that a test sets.
final class FakeMarket: MarketServing {
    struct State {
        var prices: [String: String] = ["AAPL": "100.00", "MSFT": "20.00", "DUST": "0.0012"]
        var isOpen = true
        var isStale = false
        /// Seconds.
        var age: Int64 = 0
        var nextChange: Int64 = 3600
        var isAway = false
    }

    let state = Mutex(State())
    /// Where the prices are written as JSON too, for a brokerage that has a market of its own; nil for nowhere.
    private let mirror: String?

    init(mirror: String? = nil) {
        self.mirror = mirror
        set { _ in }
    }

    func set(_ change: @Sendable (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            guard let mirror else { return }
            let members = state.prices.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
            do {
                try Data("{\(members)}".utf8).write(to: URL(fileURLWithPath: mirror), options: .atomic)
            } catch {
                Issue.record("prices are not mirrored: \(error)")
            }
        }
    }

    func getQuote(_ request: MarketGetQuoteRequest, _ context: CallContext) async throws -> MarketQuote {
        guard let quote = try quote(request.symbol) else { throw RPCError(.notFound, "no such symbol") }
        return quote
    }

    func getQuotes(_ request: MarketGetQuotesRequest, _ context: CallContext) async throws -> MarketGetQuotesResponse {
        var response = MarketGetQuotesResponse()
        for symbol in request.symbols {
            if let quote = try quote(symbol) { response.items.append(quote) }
        }
        return response
    }

    func getClock(_ request: MarketGetClockRequest, _ context: CallContext) async throws -> MarketClock {
        let state = state.withLock { $0 }
        var clock = MarketClock()
        clock.session = state.isOpen ? .open : .closed
        clock.nextChange = Google_Protobuf_Timestamp(seconds: WallTime.now().secondsSinceEpoch + state.nextChange)
        return clock
    }

    private func quote(_ symbol: String) throws -> MarketQuote? {
        let state = state.withLock { $0 }
        if state.isAway { throw RPCError(.unavailable, "the market is away") }
        guard let price = state.prices[symbol] else { return nil }
        var quote = MarketQuote()
        quote.symbol = symbol
        quote.price.amount = price
        quote.price.currency = "USD"
        quote.asOf = Google_Protobuf_Timestamp(seconds: WallTime.now().secondsSinceEpoch - state.age)
        quote.source = "fake"
        quote.stale = state.isStale
        quote.session = state.isOpen ? .open : .closed
        return quote
    }
}
