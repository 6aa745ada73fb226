import Money
import Observe
import Plugin
import Synchronization

/// What a source said a moment ago: its companies for ten seconds, the actions of a symbol for one day of the source.
final class SourceMemory: Sendable {
    private struct Companies {
        var source: String
        var until: WallTime
        var all: [SourceCompany]
        var bySymbol: [String: SourceCompany]
    }

    private struct Actions {
        var source: String
        var day: CalendarDate?
        var all: [CorporateAction]
    }

    private struct State {
        var companies: Companies?
        var actions: [String: Actions] = [:]
    }

    private static let companiesAge = Duration.seconds(10)
    private static let mostActions = 10_000
    private let state = Mutex(State())
    private let now: @Sendable () -> WallTime

    init(now: @escaping @Sendable () -> WallTime) { self.now = now }

    /// Every company, sorted by symbol.
    func companies(of source: any QuoteSource) async throws(QuoteSourceError) -> [SourceCompany] {
        try await known(source).all
    }

    /// One company.
    /// - Throws: `unknownSymbol`.
    func company(_ symbol: String, of source: any QuoteSource) async throws(QuoteSourceError) -> SourceCompany {
        guard let company = try await known(source).bySymbol[symbol] else {
            throw QuoteSourceError(.unknownSymbol, "no company \(symbol) is listed")
        }
        return company
    }

    /// The name of a company; nil if the source has none, or cannot say.
    func name(_ symbol: String, of source: any QuoteSource) async -> String? {
        try? await company(symbol, of: source).name
    }

    /// The actions of a symbol; those known on the source's day `day`, or later.
    func actions(
        _ symbol: String,
        of source: any QuoteSource,
        day: CalendarDate?
    ) async throws(QuoteSourceError) -> [CorporateAction] {
        guard source.capabilities.hasActions else { return [] }
        let name = source.capabilities.source
        if let known = state.withLock({ $0.actions[symbol] }), known.source == name, known.day == day {
            return known.all
        }
        let all = try await source.actions(symbol)
        state.withLock { state in
            if state.actions.count >= Self.mostActions { state.actions.removeAll() }
            state.actions[symbol] = Actions(source: name, day: day, all: all)
        }
        return all
    }

    private func known(_ source: any QuoteSource) async throws(QuoteSourceError) -> Companies {
        let name = source.capabilities.source
        let moment = now()
        if let known = state.withLock({ $0.companies }), known.source == name, moment < known.until { return known }
        let all = try await source.companies()
        let fresh = Companies(
            source: name,
            until: moment.advanced(by: Self.companiesAge),
            all: all,
            bySymbol: Dictionary(all.map { ($0.symbol, $0) }, uniquingKeysWith: { first, _ in first })
        )
        state.withLock { $0.companies = fresh }
        return fresh
    }
}
