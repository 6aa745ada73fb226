import Contracts
import Money
import Observe
import Plugin
import RPC
import SwiftProtobuf

/// What the wallet asks the market.
struct MarketDesk: Sendable {
    let client: MarketClient
    let times: TradeTimes
    /// What has been booked of splits and dividends: at a price of after one, trades only who has it booked.
    let days: MarketDays
    let now: @Sendable () -> WallTime

    /// The price of an order that is placed now.
    /// - Throws: `unknown-symbol` and `stale-price`, as `OrderProblem` says.
    func quote(_ symbol: String, _ context: CallContext) async throws -> BrokerageQuote {
        var request = MarketGetQuoteRequest()
        request.symbol = symbol
        let answer: MarketQuote
        do {
            answer = try await client.getQuote(request, context.with(timeout: times.call))
        } catch let error as RPCError where error.code == .notFound {
            throw OrderProblem.error("unknown-symbol")
        }
        guard let quote = BrokerageQuote(answer) else {
            throw RPCError(.unavailable, "the market's price makes no sense")
        }
        if isStale(answer, quote) { throw OrderProblem.error("stale-price") }
        try await days.admit(answer, for: context.client(), by: context.deadline)
        return quote
    }

    /// The prices of many that can be traded at; those without are left out.
    func quotes(_ symbols: [String], _ context: CallContext) async throws -> [String: BrokerageQuote] {
        try await days.load(by: context.deadline)
        var found: [String: BrokerageQuote] = [:]
        for item in try await items(symbols, context) {
            guard let quote = BrokerageQuote(item), !isStale(item, quote), days.admits(item, for: nil) else { continue }
            found[item.symbol] = quote
        }
        return found
    }

    /// The market's answers for many, in as many calls as it wants.
    func items(_ symbols: [String], _ context: CallContext) async throws -> [MarketQuote] {
        var items: [MarketQuote] = []
        for start in stride(from: 0, to: symbols.count, by: 500) {
            var request = MarketGetQuotesRequest()
            request.symbols = Array(symbols[start..<min(start + 500, symbols.count)])
            items += try await client.getQuotes(request, context.with(timeout: times.call)).items
        }
        return items
    }

    /// When an order for the day ends: with the session, or with the next one, which lasts six and a half hours.
    func endOfDay(_ context: CallContext) async throws -> WallTime {
        let clock = try await client.getClock(MarketGetClockRequest(), context.with(timeout: times.call))
        let change = WallTime(
            secondsSinceEpoch: clock.nextChange.seconds,
            nanoseconds: Int64(clock.nextChange.nanos)
        )
        guard clock.hasNextChange else { return now().advanced(by: .seconds(86_400)) }
        return clock.session == .open ? change : change.advanced(by: .seconds(23_400))
    }

    private func isStale(_ answer: MarketQuote, _ quote: BrokerageQuote) -> Bool {
        answer.stale || (quote.isOpen && quote.asOf.duration(to: now()) > times.oldestPrice)
    }
}

extension BrokerageQuote {
    /// What the market says; nil where that is no price.
    convenience init?(_ quote: MarketQuote) {
        guard let amount = try? quote.price.exact(), amount.value.signum > 0, amount.value <= OrderTerms.most else {
            return nil
        }
        var day: ClosedRange<ExactDecimal>?
        if let low = try? ExactDecimal(parsing: quote.day.low), let high = try? ExactDecimal(parsing: quote.day.high),
            low.signum > 0, low <= high
        {
            day = low...high
        }
        self.init(
            price: amount.value,
            currency: amount.currency,
            day: day,
            asOf: WallTime(secondsSinceEpoch: quote.asOf.seconds, nanoseconds: Int64(quote.asOf.nanos)),
            source: quote.source,
            isOpen: quote.session == .open
        )
    }
}
