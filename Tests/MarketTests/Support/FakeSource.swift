import Config
import Money
import Observe
import Plugin
import Synchronization

/// A source that says what a test wants.
final class FakeSource: QuoteSource {
    struct State {
        var batchSize = 500
        var timeliness = QuoteCapabilities.Timeliness.replayed
        var companies: [SourceCompany] = []
        var quotes: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        var bars: [SourceBar] = []
        var actions: [CorporateAction] = []
        var asked: [[String]] = []
        var failure: QuoteSourceError?
        /// What clock and calendar throw.
        var clockFailure: QuoteSourceError?
        /// What companies, bars and actions throw.
        var factFailure: QuoteSourceError?
        var longestKept: Duration?
        var rateLimit: QuoteCapabilities.RateLimit?
        /// Calls of `quotes` wait until it is rung.
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    static var name: StaticString { "fake" }
    let state = Mutex(State())
    private let source: String

    init(context: DriverContext) throws { source = context.name }

    /// Lets every call go on that waits, and the later ones.
    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Sets the price of a symbol.
    func set(_ quote: SourceQuote) { state.withLock { $0.quotes[quote.symbol] = .success(quote) } }

    /// How often `quotes` was called.
    var calls: Int { state.withLock { $0.asked.count } }

    func probe() async throws {}

    var capabilities: QuoteCapabilities {
        QuoteCapabilities(
            source: source,
            timeliness: state.withLock { $0.timeliness },
            batchSize: state.withLock { $0.batchSize },
            historyFrom: nil,
            hasActions: true,
            licence: .init(
                name: "none",
                attribution: "",
                isRedistributable: true,
                maximumCacheAge: state.withLock { $0.longestKept }
            ),
            rateLimit: state.withLock { $0.rateLimit }
        )
    }

    func companies() async throws(QuoteSourceError) -> [SourceCompany] {
        try checkFacts()
        return state.withLock { $0.companies }
    }

    private func checkFacts() throws(QuoteSourceError) {
        if let failure = state.withLock({ $0.factFailure }) { throw failure }
    }

    func quotes(
        _ symbols: [String]
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        let (failure, known) = state.withLock { state in
            state.asked.append(symbols)
            return (state.failure, state.quotes)
        }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        if let failure { throw failure }
        var answers: [String: Result<SourceQuote, QuoteSourceError>] = [:]
        for symbol in symbols {
            answers[symbol] =
                known[symbol] ?? .failure(QuoteSourceError(.unknownSymbol, "no company \(symbol) is listed"))
        }
        return answers
    }

    func bars(
        _ symbol: String,
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [SourceBar] {
        try checkFacts()
        return state.withLock { $0.bars }.filter { first <= $0.day && $0.day <= last }
    }

    func actions(_ symbol: String) async throws(QuoteSourceError) -> [CorporateAction] {
        try checkFacts()
        return state.withLock { $0.actions }
    }

    func clock() async throws(QuoteSourceError) -> MarketClock {
        if let failure = state.withLock({ $0.clockFailure }) { throw failure }
        return MarketClock(
            now: Fixture.recorded,
            day: Fixture.today,
            session: .open,
            nextOpen: nil,
            nextClose: Fixture.recorded.advanced(by: .seconds(600)),
            speed: 60
        )
    }

    func calendar(
        from first: CalendarDate,
        through last: CalendarDate
    ) async throws(QuoteSourceError) -> [TradingDay] {
        if let failure = state.withLock({ $0.clockFailure }) { throw failure }
        return [TradingDay(day: first, open: Fixture.recorded, close: Fixture.recorded, isShort: false)]
    }
}
