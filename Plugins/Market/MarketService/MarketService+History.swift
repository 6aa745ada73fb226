import Contracts
import Money
import Observe
import Plugin
import RPC

extension MarketService {
    func getHistory(_ request: MarketGetHistoryRequest, _ context: CallContext) async throws -> MarketHistory {
        try SymbolSyntax.check(request.symbol)
        let range = try Self.choice(request.range, field: "range", usual: HistoryRange.year)
        let interval = try Self.choice(request.interval, field: "interval", usual: BarInterval.day)
        let adjustment = try Self.choice(request.adjustment, field: "adjustment", usual: Adjustment.split)
        do throws(QuoteSourceError) {
            return try await chain.first { link, label throws(QuoteSourceError) in
                try await self.history(request.symbol, range, interval, adjustment, link, label)
            }
        } catch {
            throw RPCError(source: error)
        }
    }

    private func history(
        _ symbol: String,
        _ range: HistoryRange,
        _ interval: BarInterval,
        _ adjustment: Adjustment,
        _ link: SourceLink,
        _ label: SourceLabel
    ) async throws(QuoteSourceError) -> MarketHistory {
        let company = try await facts.directory(link, label).company(symbol)
        let last = try await lastDay(link, label)
        let days = range.days(today: last)
        let daily = try await facts.bars(symbol, link, from: days.first, through: days.last)
        var bars = daily.suffix(range.keepsLast ?? daily.count).map(HistoryBar.init)
        if adjustment == .split {
            let actions = try await facts.actions(symbol, link, label, day: days.last)
            do {
                bars = try SplitAdjustment(actions).adjust(bars)
            } catch {
                throw QuoteSourceError(.malformed, "the bars of \(symbol) cannot be adjusted")
            }
        }
        var history = MarketHistory()
        history.symbol = company.symbol
        history.currency = company.currency.code
        history.range = range.rawValue
        history.interval = interval.rawValue
        history.adjustment = adjustment.rawValue
        history.source = label.name
        history.replayed = label.isReplayed
        history.synthetic = company.origin == .synthetic
        history.fallback = label.isFallback
        history.items = interval.join(bars).map(MarketBar.init)
        return history
    }

    /// The last day whose bar may be shown: the source's own day in a replay, which gives no bar of a day under way; else
    /// the last one that has been over for a quarter of an hour.
    private func lastDay(_ link: SourceLink, _ label: SourceLabel) async throws(QuoteSourceError) -> CalendarDate {
        if label.isReplayed { return try await facts.clock(link, label).day }
        guard let ended = calendar.lastEnded(at: times.now(), delay: DelayRule.delay) else {
            throw QuoteSourceError(.malformed, "no trading day has ended")
        }
        return ended.day
    }
}

extension MarketBar {
    init(_ bar: HistoryBar) {
        self.init()
        date = bar.day.description
        open = bar.open.description
        high = bar.high.description
        low = bar.low.description
        close = bar.close.description
        volume = Int64(bar.volume)
    }
}
