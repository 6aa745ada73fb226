public import Config
public import Money
import Observe
public import Plugin

/// Quotes, history and actions from a server that speaks IEX Cloud v1. IEX Cloud itself ended in August 2024: the address
/// is a setting, and compatible servers remain.
///
/// Prices are those the server calls `latest…`; what it says of changes in percent, whose unit differs between its
/// answers, is not used. The market's clock and calendar are none of its business.
public final class IEXSource: QuoteSource {
    /// The name in `market.quotes.driver`.
    public static var name: StaticString { "iex" }

    /// The keys of this driver.
    public static var settings: [Setting] { IEXSettings.declared }

    /// Real time; redistributable only if a setting says so, as IEX Cloud's terms forbade it.
    public let capabilities: QuoteCapabilities
    private let probeSymbol: String
    private let client: IEXClient
    private let now: @Sendable () -> WallTime

    /// Reads the settings; connects to nothing.
    /// - Throws: an `IEXSettings.Invalid` that names a setting.
    public convenience init(context: DriverContext) throws {
        self.init(try IEXSettings(context.settings), context, now: WallTime.now)
    }

    /// For tests: with a clock of theirs.
    init(_ settings: IEXSettings, _ context: DriverContext, now: @escaping @Sendable () -> WallTime) {
        client = IEXClient(settings, context)
        probeSymbol = settings.probe
        self.now = now
        capabilities = QuoteCapabilities(
            source: "iex",
            timeliness: .realtime,
            batchSize: settings.batch,
            // The interface has older bars, which `bars` gives, but not the splits between them.
            historyFrom: now().day.advanced(byDays: -IEXActions.longestDays),
            hasActions: true,
            licence: QuoteCapabilities.Licence(
                name: "IEX Cloud terms",
                attribution: settings.attribution,
                url: "https://iexcloud.io",
                isRedistributable: settings.isRedistributable
            ),
            rateLimit: QuoteCapabilities.RateLimit(requests: settings.limit, per: .seconds(1))
        )
    }

    /// Asks for one quote: that the address has the interface, and that the token may use it.
    public func probe() async throws {
        let answer: Result<SourceQuote, QuoteSourceError>
        do {
            answer = try await quotes([probeSymbol])[probeSymbol] ?? .failure(IEXVerdict.malformed("has no quote"))
        } catch {
            throw IEXUnfit(error)
        }
        if case .failure(let error) = answer { throw IEXUnfit(error) }
    }

    /// One request for all of them. Which ones the server left out is told from those it has not.
    public func quotes(
        _ symbols: [String]
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        precondition(symbols.count <= capabilities.batchSize, "no more symbols than a batch has room for")
        var answers: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        for symbol in symbols { answers[symbol] = .failure(IEXVerdict.unknown(symbol)) }
        let known = symbols.filter { SourceCompany.isSymbol($0) }
        guard !known.isEmpty else { return answers }
        let query = [("symbols", known.joined(separator: ",")), ("types", "quote")]
        do throws(QuoteSourceError) {
            let found = try await client.read("stock/market/batch", query) { value throws(QuoteSourceError) in
                try IEXQuote.batch(value, known)
            }
            answers.merge(found) { $1 }
        } catch  where error.code == .unknownSymbol {
            // A server that has none of them says 404 for the request.
        }
        return answers
    }

    /// The shortest of the interface's ranges that reaches back to the first day, of which the days asked for are kept.
    public func bars(
        _ symbol: String,
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [SourceBar] {
        guard SourceCompany.isSymbol(symbol) else { throw IEXVerdict.unknown(symbol) }
        let range = IEXRange.covering(first, today: now().day)
        let bars = try await client.read("stock/\(symbol)/chart/\(range.rawValue)") { value throws(QuoteSourceError) in
            try IEXBars.read(value)
        }
        return bars.filter { first <= $0.day && $0.day <= last }
    }

    /// Those of the longest range that the interface has for actions: five years.
    public func actions(_ symbol: String) async throws(QuoteSourceError) -> [CorporateAction] {
        guard SourceCompany.isSymbol(symbol) else { throw IEXVerdict.unknown(symbol) }
        let splits = try await client.read("stock/\(symbol)/splits/5y") { value throws(QuoteSourceError) in
            try IEXActions.splits(value, symbol)
        }
        let dividends = try await client.read("stock/\(symbol)/dividends/5y") { value throws(QuoteSourceError) in
            try IEXActions.dividends(value, symbol)
        }
        return IEXActions.sorted(splits + dividends)
    }

    /// Those that trade now.
    public func companies() async throws(QuoteSourceError) -> [SourceCompany] {
        try await client.read("ref-data/symbols") { value throws(QuoteSourceError) in try IEXCompanies.read(value) }
    }

    /// Not part of the interface.
    /// - Throws: `unsupported`, always.
    public func clock() async throws(QuoteSourceError) -> MarketClock { throw IEXVerdict.unsupported("clock") }

    /// Not part of the interface.
    /// - Throws: `unsupported`, always.
    public func calendar(
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [TradingDay] {
        throw IEXVerdict.unsupported("calendar")
    }

    /// Closes the connections; calls under way fail with `upstream`.
    public func close() async { client.close() }
}

extension WallTime {
    /// The day in New York.
    var day: CalendarDate { NewYorkTime.local(self)?.day ?? .latest }
}
