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
    }

    static var name: StaticString { "fake" }
    let state = Mutex(State())

    init(context: DriverContext) throws {}

    func probe() async throws {}

    var capabilities: QuoteCapabilities {
        QuoteCapabilities(
            source: "fake",
            timeliness: state.withLock { $0.timeliness },
            batchSize: state.withLock { $0.batchSize },
            historyFrom: nil,
            hasActions: true,
            licence: .init(name: "none", attribution: "", isRedistributable: true)
        )
    }

    func companies() async throws(QuoteSourceError) -> [SourceCompany] { state.withLock { $0.companies } }

    func quotes(
        _ symbols: [String]
    ) async throws(QuoteSourceError) -> [String: Result<SourceQuote, QuoteSourceError>] {
        let (failure, known) = state.withLock { state in
            state.asked.append(symbols)
            return (state.failure, state.quotes)
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
        state.withLock { $0.bars }.filter { first <= $0.day && $0.day <= last }
    }

    func actions(_ symbol: String) async throws(QuoteSourceError) -> [CorporateAction] {
        state.withLock { $0.actions }
    }

    func clock() async throws(QuoteSourceError) -> MarketClock {
        MarketClock(
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
        [TradingDay(day: first, open: Fixture.recorded, close: Fixture.recorded, isShort: false)]
    }
}
