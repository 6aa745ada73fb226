import Contracts
import Money
import Plugin
import RPC

extension MarketService {
    func getHistory(_ request: MarketGetHistoryRequest, _ context: CallContext) async throws -> MarketHistory {
        try SymbolSyntax.check(request.symbol)
        let range = try Self.choice(request.range, field: "range", usual: HistoryRange.year)
        let interval = try Self.choice(request.interval, field: "interval", usual: BarInterval.day)
        let adjustment = try Self.choice(request.adjustment, field: "adjustment", usual: Adjustment.split)
        return try await use { source in
            let company = try await memory.company(request.symbol, of: source)
            let days = range.days(today: try await source.clock().day)
            let daily = try await source.bars(request.symbol, from: days.first, through: days.last)
            var bars = daily.suffix(range.keepsLast ?? daily.count).map(HistoryBar.init)
            if adjustment == .split {
                let actions = try await memory.actions(request.symbol, of: source, day: days.last)
                bars = try SplitAdjustment(actions).adjust(bars)
            }
            var history = MarketHistory()
            history.symbol = company.symbol
            history.currency = company.currency.code
            history.range = range.rawValue
            history.interval = interval.rawValue
            history.adjustment = adjustment.rawValue
            history.source = source.capabilities.source
            history.replayed = source.capabilities.timeliness == .replayed
            history.synthetic = company.origin == .synthetic
            history.items = interval.join(bars).map(MarketBar.init)
            return history
        }
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
