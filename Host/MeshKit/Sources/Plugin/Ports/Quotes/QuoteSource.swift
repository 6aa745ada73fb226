public import Money

/// A driver that knows companies, prices and their history. Slot `market.quotes`.
///
/// Rules every driver keeps:
/// - Values are exact decimals as the source gave them; nothing passes through floating point.
/// - What is asked for and cannot be given is an error of that symbol, never a silent gap and never zero.
/// - Bars are raw (as traded); splits and dividends are told apart by `actions`.
/// - A cancelled task ends the call with `cancelled`.
public protocol QuoteSource: Driver {
    /// What this source can do and what its licence allows. Does not change while the driver lives.
    var capabilities: QuoteCapabilities { get }

    /// Every company it has, sorted by symbol.
    func companies() async throws(QuoteSourceError) -> [SourceCompany]

    /// The newest quote of each symbol: exactly one result for each symbol asked for, no others.
    /// - Parameter symbols: at most `capabilities.batchSize`, without repetition.
    /// - Throws: only what concerns all of them, such as `throttled` or `upstream`.
    func quotes(
        _ symbols: [String]
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>]

    /// The daily bars of a symbol from one day through another, both included, oldest first, without days off.
    /// - Throws: `unknownSymbol`, `notEntitled`, or what concerns the whole source. Days before it has data are left out.
    func bars(
        _ symbol: String,
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [SourceBar]

    /// Every split and dividend of a symbol that it knows, oldest first.
    func actions(_ symbol: String) async throws(QuoteSourceError) -> [CorporateAction]

    /// What time it is in the market: the replay's own time, if this source replays.
    func clock() async throws(QuoteSourceError) -> MarketClock

    /// The trading days from one day through another, both included, oldest first.
    func calendar(
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [TradingDay]
}
