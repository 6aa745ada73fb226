public import Config
public import Money
import Observe
public import Plugin
import RPC
import Synchronization

/// Quotes, history and actions from Alpaca's market data API v2; companies, clock and calendar from its trading API v2.
///
/// Bars are of all exchanges (the consolidated tape), whatever the feed of the quotes, as those older than fifteen minutes
/// are in every plan; only days that have ended have one.
public final class AlpacaDataSource: QuoteSource {
    /// The name in `market.quotes.driver`.
    public static var name: StaticString { "alpacadata" }

    /// The keys of this driver.
    public static var settings: [Setting] { AlpacaDataSettings.declared }

    /// The source is named after its feed: `alpaca-iex`.
    public let capabilities: QuoteCapabilities
    private let probeSymbol: String
    private let client: AlpacaClient
    private let now: @Sendable () -> WallTime
    /// Where quotes come from; not what the settings say, once the plan turned out not to have that.
    private let feed: Mutex<AlpacaFeed>

    /// Reads the settings; connects to nothing.
    /// - Throws: an `AlpacaDataSettings.Invalid` that names a setting.
    public convenience init(context: DriverContext) throws {
        self.init(try AlpacaDataSettings(context.settings), context, now: WallTime.now)
    }

    /// For tests: with a clock of theirs.
    init(_ settings: AlpacaDataSettings, _ context: DriverContext, now: @escaping @Sendable () -> WallTime) {
        client = AlpacaClient(settings, context, now: now)
        probeSymbol = settings.probe
        self.now = now
        feed = Mutex(settings.feed)
        capabilities = QuoteCapabilities(
            source: "alpaca-\(settings.feed == .delayed ? "delayed-sip" : settings.feed.rawValue)",
            timeliness: settings.feed.timeliness,
            batchSize: settings.batch,
            historyFrom: AlpacaBars.firstDay,
            hasActions: true,
            licence: QuoteCapabilities.Licence(
                name: "Alpaca market data terms",
                attribution: "Market data by Alpaca",
                url: "https://alpaca.markets/disclosures",
                isRedistributable: false
            ),
            rateLimit: QuoteCapabilities.RateLimit(requests: settings.limit, per: .seconds(60))
        )
    }

    /// Asks both APIs: that the addresses are right and the keys good, and that the feed may be used.
    public func probe() async throws {
        let answer: Result<SourceQuote, QuoteSourceError>
        do {
            answer = try await quotes([probeSymbol])[probeSymbol] ?? .failure(AlpacaVerdict.unknown(probeSymbol))
        } catch {
            throw AlpacaUnfit(error, at: AlpacaDataSettings.dataKey)
        }
        if case .failure(let error) = answer { throw AlpacaUnfit(error, at: AlpacaDataSettings.dataKey) }
        do {
            _ = try await clock()
        } catch {
            throw AlpacaUnfit(error, at: AlpacaDataSettings.tradingKey)
        }
    }

    /// One request for all of them. A plan without the newest prices of all exchanges gets those of fifteen minutes ago
    /// instead, from then on, and `delaySeconds` says so.
    public func quotes(
        _ symbols: [String]
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        precondition(symbols.count <= capabilities.batchSize, "no more symbols than a batch has room for")
        var answers: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        for symbol in symbols { answers[symbol] = .failure(AlpacaVerdict.unknown(symbol)) }
        let known = symbols.filter { AlpacaQuery.isSymbol($0) }
        guard !known.isEmpty else { return answers }
        let feed = feed.withLock { $0 }
        do throws(QuoteSourceError) {
            answers.merge(try await snapshots(known, feed)) { $1 }
        } catch  where feed == .sip && error.code == .notEntitled {
            let late = try await snapshots(known, .delayed)
            self.feed.withLock { $0 = .delayed }
            answers.merge(late) { $1 }
        }
        return answers
    }

    /// Page after page; only days that have ended, before `now` by fifteen minutes.
    public func bars(
        _ symbol: String,
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [SourceBar] {
        guard AlpacaQuery.isSymbol(symbol) else { throw AlpacaVerdict.unknown(symbol) }
        let begin = max(first, AlpacaBars.firstDay)
        let end = min(last, AlpacaBars.lastEnded(now()))
        var bars: [SourceBar] = []
        if begin <= end {
            let query = AlpacaBars.query(symbol, from: begin, through: end)
            try await client.pages("v2/stocks/bars", query) { page throws(QuoteSourceError) in
                try AlpacaBars.append(page, symbol, to: &bars)
            }
        }
        // No bar of a symbol: only the list of companies knows whether it exists.
        if bars.isEmpty { try await require(symbol) }
        return bars.filter { begin <= $0.day && $0.day <= end }
    }

    /// Splits and cash dividends, page after page.
    public func actions(_ symbol: String) async throws(QuoteSourceError) -> [CorporateAction] {
        guard AlpacaQuery.isSymbol(symbol) else { throw AlpacaVerdict.unknown(symbol) }
        let today = NewYorkTime.local(now())?.day ?? .latest
        var actions = AlpacaActions(symbol: symbol)
        try await client.pages("v1/corporate-actions", AlpacaActions.query(symbol, through: today)) {
            page throws(QuoteSourceError) in try actions.append(page)
        }
        if actions.isEmpty { try await require(symbol) }
        return actions.sorted
    }

    /// Shares that are traded now.
    public func companies() async throws(QuoteSourceError) -> [SourceCompany] {
        let query = [("status", "active"), ("asset_class", "us_equity")]
        return try await client.read(.trading, "v2/assets", query) { value throws(QuoteSourceError) in
            try AlpacaCompanies.read(value)
        }
    }

    /// Two requests while the market is closed, as the clock does not know the last trading day.
    public func clock() async throws(QuoteSourceError) -> MarketClock {
        let clock = try await client.read(.trading, "v2/clock") { value throws(QuoteSourceError) in
            try AlpacaClock(value)
        }
        if clock.isOpen { return clock.marketClock(lastDay: clock.today) }
        let before = clock.today.advanced(byDays: -14) ?? .earliest
        guard let last = try await calendar(from: before, through: clock.today).last else {
            throw AlpacaVerdict.malformed("has no trading day in two weeks")
        }
        return clock.marketClock(lastDay: last.day)
    }

    /// One request.
    public func calendar(
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [TradingDay] {
        guard first <= last else { return [] }
        let query = [("start", "\(first)"), ("end", "\(last)")]
        return try await client.read(.trading, "v2/calendar", query) { value throws(QuoteSourceError) in
            try AlpacaCalendar.read(value, from: first, through: last)
        }
    }

    /// Closes the connections; calls under way fail with `upstream`.
    public func close() async { client.close() }

    private func snapshots(
        _ symbols: [String],
        _ feed: AlpacaFeed
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        let query = [("symbols", symbols.joined(separator: ",")), ("feed", feed.rawValue)]
        return try await client.read(.data, "v2/stocks/snapshots", query) { value throws(QuoteSourceError) in
            try AlpacaSnapshots.read(value, symbols, feed)
        }
    }

    /// - Throws: `unknownSymbol` if there is no such company.
    private func require(_ symbol: String) async throws(QuoteSourceError) {
        try await client.read(.trading, "v2/assets/\(symbol)", symbol: symbol) { value throws(QuoteSourceError) in
            guard value["symbol"]?.string == symbol else { throw AlpacaVerdict.malformed("is of another company") }
        }
    }
}
