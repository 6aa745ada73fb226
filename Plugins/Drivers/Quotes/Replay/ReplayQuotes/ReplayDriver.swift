public import Config
public import Money
import Observe
public import Plugin
import Reactor
import Synchronization

/// Plays the daily bars of past years as if they happened now: works without a key and without a network.
///
/// The prices within a day are invented between the four of its bar (`DayPath`). Nothing after the replayed moment is
/// told: no bar of a day that has not ended, no company before its listing, no action before its day.
public final class ReplayDriver: Driver, QuoteSource {
    /// The name in `market.quotes.driver`.
    public static var name: StaticString { "replay" }

    /// The keys of this driver.
    public static var settings: [Setting] { ReplaySettings.declared }

    /// Timeliness `replayed`; the licence is the one of the bars that come with the driver.
    public let capabilities: QuoteCapabilities
    private let replaySettings: ReplaySettings
    private let loops: EventLoopGroup
    private let wallTime: @Sendable () -> WallTime
    private let market: Mutex<ReplayMarket>

    /// Reads the directory of the bars that come with the driver; a folder is read by `probe`.
    /// - Throws: a `ReplaySettings.Invalid` that names a setting.
    public convenience init(context: DriverContext) throws {
        try self.init(settings: ReplaySettings(context.settings), loops: context.loops, now: WallTime.now)
    }

    /// For tests: with a clock of theirs.
    convenience init(settings: ReplaySettings, loops: EventLoopGroup, now: @escaping @Sendable () -> WallTime) throws {
        let market = try ReplayMarket(Catalogue(BarFile.bundled()), settings)
        self.init(settings: settings, market: market, loops: loops, now: now)
    }

    init(
        settings: ReplaySettings,
        market: ReplayMarket,
        loops: EventLoopGroup,
        now: @escaping @Sendable () -> WallTime
    ) {
        self.market = Mutex(market)
        replaySettings = settings
        self.loops = loops
        wallTime = now
        capabilities = QuoteCapabilities(
            source: "replay",
            timeliness: .replayed,
            batchSize: 500,
            historyFrom: market.clock.days.first.flatMap { CalendarDate(daysSinceEpoch: Int($0)) },
            hasActions: true,
            licence: QuoteCapabilities.Licence(
                name: "public domain",
                attribution: "Quandl WIKI Prices (public domain) and invented companies, replayed",
                isRedistributable: true
            )
        )
    }

    /// Reads the folder, if there is one, and decodes a company.
    public func probe() async throws {
        if let folder = replaySettings.folder {
            let settings = replaySettings
            let new = try await loops.blocking.run {
                let file = try BarFile.bundled()
                let others = try BarFolder.companies(in: folder, known: file.companies)
                return try ReplayMarket(Catalogue(file, replacing: others), settings)
            }
            market.withLock { $0 = new }
        }
        _ = try moment().market.catalogue.companies.first?.bars
    }

    /// Those that are listed at the replayed moment.
    public func companies() async throws(QuoteSourceError) -> [SourceCompany] {
        let (market, moment) = try present()
        let today = market.clock.days[moment.index]
        return market.catalogue.companies.compactMap { $0.sourceCompany(today: today) }
    }

    /// The price of the replayed minute; after its last bar, a company keeps its last close.
    public func quotes(
        _ symbols: [String]
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        let (market, moment) = try present()
        var answers: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        for symbol in symbols {
            answers[symbol] = Result { () throws(QuoteSourceError) in try market.quote(symbol, at: moment) }
        }
        return answers
    }

    /// Days that have ended at the replayed moment.
    public func bars(
        _ symbol: String,
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [SourceBar] {
        let (market, moment) = try present()
        return try market.bars(symbol, from: first, through: last, at: moment)
    }

    /// Those up to the replayed day.
    public func actions(_ symbol: String) async throws(QuoteSourceError) -> [CorporateAction] {
        let (market, moment) = try present()
        let today = market.clock.date(moment.index)
        return try market.company(symbol, at: moment).actions.filter { $0.exDay <= today }
    }

    /// The replayed moment; always within trading, as nights are left out.
    public func clock() async throws(QuoteSourceError) -> MarketClock {
        let (market, moment) = try present()
        return market.clock(at: moment)
    }

    /// From 09:30 to 16:00 on every day of the bars; early closes are not in the data.
    public func calendar(
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [TradingDay] {
        try present().market.calendar(from: first, through: last)
    }

    /// The market and where its clock is, for a call whose task is not cancelled.
    private func present() throws(QuoteSourceError) -> (market: ReplayMarket, moment: ReplayClock.Moment) {
        if Task.isCancelled { throw QuoteSourceError(.cancelled, "the call was cancelled") }
        return moment()
    }

    private func moment() -> (market: ReplayMarket, moment: ReplayClock.Moment) {
        let market = market.withLock { $0 }
        return (market, market.clock.moment(at: wallTime()))
    }
}
