import Money
import Observe
import Plugin
import Reactor

/// What sources say that changes seldom: companies, actions, bars. Each is asked for once, however many want it.
final class SourceFacts: Sendable {
    /// The companies of a source, to be found by symbol.
    final class Directory: Sendable {
        let all: [SourceCompany]
        private let bySymbol: [String: SourceCompany]

        init(_ all: [SourceCompany]) {
            self.all = all
            bySymbol = Dictionary(all.map { ($0.symbol, $0) }, uniquingKeysWith: { first, _ in first })
        }

        /// - Throws: `unknownSymbol`.
        func company(_ symbol: String) throws(QuoteSourceError) -> SourceCompany {
            guard let company = bySymbol[symbol] else {
                throw QuoteSourceError(.unknownSymbol, "no company \(symbol) is listed")
            }
            return company
        }

        func name(_ symbol: String) -> String? { bySymbol[symbol]?.name }
    }

    private struct Key: Hashable {
        var slot: String
        var generation: Int
        var symbol: String
        /// What a history goes back to, or the day that actions are of.
        var day: CalendarDate?
    }

    private let clocks: LoadingCache<Key, SourceClock>
    private let calendars: LoadingCache<Key, [TradingDay]>
    private let directories: LoadingCache<Key, Directory>
    private let actions: LoadingCache<Key, [CorporateAction]>
    private let bars: LoadingCache<Key, [SourceBar]>

    init(uptime: @escaping @Sendable () -> MonotonicTime) {
        clocks = LoadingCache(capacity: 8, uptime: uptime)
        calendars = LoadingCache(capacity: 20_000, uptime: uptime) { $0.count + 1 }
        directories = LoadingCache(capacity: 8, uptime: uptime)
        actions = LoadingCache(capacity: 20_000, uptime: uptime)
        // About 150 bytes each: 45 MB.
        bars = LoadingCache(capacity: 300_000, uptime: uptime) { $0.count + 1 }
    }

    /// Every company of the source. A replay lists new ones by the minute, others by the day.
    func directory(_ link: SourceLink, _ label: SourceLabel) async throws(QuoteSourceError) -> Directory {
        try await directories.value(key(link)) { () throws(QuoteSourceError) in
            let all = try await link.call { source throws(QuoteSourceError) in try await source.companies() }
            return (
                Directory(all),
                label.isReplayed
                    ? .init(fresh: .seconds(10), kept: .seconds(20))
                    : .init(fresh: .seconds(3600), kept: .seconds(86_400))
            )
        }
    }

    /// The splits and dividends of a symbol that were known on the day `day` of the market, or later.
    func actions(
        _ symbol: String,
        _ link: SourceLink,
        _ label: SourceLabel,
        day: CalendarDate?
    ) async throws(QuoteSourceError) -> [CorporateAction] {
        guard label.hasActions else { return [] }
        return try await actions.value(key(link, symbol, day)) { () throws(QuoteSourceError) in
            let all = try await link.call { source throws(QuoteSourceError) in try await source.actions(symbol) }
            return (all, .init(fresh: .seconds(3600), kept: .seconds(86_400)))
        }
    }

    /// The daily bars of a symbol from the day `first` through `last`, which is the newest day.
    func bars(
        _ symbol: String,
        _ link: SourceLink,
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [SourceBar] {
        // Asked for from the first of a year on, so that ranges share them.
        let begin = CalendarDate(year: first.year, month: 1, day: 1) ?? first
        var key = key(link, symbol, begin)
        key.symbol = "\(symbol) \(last.daysSinceEpoch)"
        let all = try await bars.value(key) { () throws(QuoteSourceError) in
            let all = try await link.call { source throws(QuoteSourceError) in
                try await source.bars(symbol, from: begin, through: last)
            }
            return (all, .init(fresh: .seconds(600), kept: .seconds(86_400)))
        }
        guard let start = all.firstIndex(where: { $0.day >= first }) else { return [] }
        return start == 0 ? all : Array(all[start...])
    }

    /// The clock of the source: a replay's as it is now; another's of a minute ago at the most, and not of before its
    /// session changed.
    func clock(_ link: SourceLink, _ label: SourceLabel) async throws(QuoteSourceError) -> SourceClock {
        if label.isReplayed {
            return try await link.call { source throws(QuoteSourceError) in try await source.clock() }
        }
        return try await clocks.value(key(link)) { () throws(QuoteSourceError) in
            let clock = try await link.call { source throws(QuoteSourceError) in try await source.clock() }
            let changes = [clock.nextOpen, clock.nextClose].compactMap { $0 }.map { clock.now.duration(to: $0) }
            let fresh = min(.seconds(60), changes.filter { $0 > .zero }.min() ?? .zero)
            return (clock, .init(fresh: fresh, kept: fresh))
        }
    }

    /// The trading days of the source from one day through another, of an hour ago at the most.
    func tradingDays(
        _ link: SourceLink,
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [TradingDay] {
        try await calendars.value(key(link, "\(last)", first)) { () throws(QuoteSourceError) in
            let days = try await link.call { source throws(QuoteSourceError) in
                try await source.calendar(from: first, through: last)
            }
            return (days, .init(fresh: .seconds(3600), kept: .seconds(86_400)))
        }
    }

    private func key(_ link: SourceLink, _ symbol: String = "", _ day: CalendarDate? = nil) -> Key {
        Key(slot: link.slot.name, generation: link.slot.generation, symbol: symbol, day: day)
    }
}
