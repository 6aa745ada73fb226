import Contracts
import Observe
import Plugin
import RPC
import Reactor
import Valkey

/// Prices, from memory where it knows them. What it does not know its fetchers, one for each loop, ask the sources for:
/// what was missed in one turn of a loop in one call.
final class QuoteDesk: Sendable {
    let chain: SourceChain
    let usual: Freshness
    let times: Times
    private let renderer: PriceRenderer
    private let delays: DelayDesk
    private let shared: SharedFetch?
    private let loops: EventLoopGroup
    private let shards: [QuoteShard]
    private let hits: Counter
    private let misses: Counter

    init(
        chain: SourceChain,
        facts: SourceFacts,
        usual: Freshness,
        store: ValkeyClient?,
        times: Times,
        loops: EventLoopGroup,
        metrics: MetricRegistry
    ) {
        self.chain = chain
        self.usual = usual
        self.times = times
        self.loops = loops
        renderer = PriceRenderer(chain: chain, facts: facts, now: times.now)
        delays = DelayDesk(shared: store.map { SharedDelays(store: $0) }, now: times.now)
        // Longer than both sources may take.
        shared = store.map { store in
            SharedFetch(
                prices: SharedPrices(store, lease: .seconds(10)),
                usual: usual,
                times: times,
                metrics: metrics
            )
        }
        shards = loops.loops.map { _ in QuoteShard(usual: usual, uptime: times.uptime) }
        let lookups = metrics.counters(
            "lonja_market_lookups_total",
            help: "Requests for prices, by whether memory knew all of them.",
            labels: ["outcome"]
        )
        hits = lookups.with("memory")
        misses = lookups.with("waited")
    }

    /// The price of one company.
    func quote(_ symbol: String) async throws(QuoteSourceError) -> MarketQuote {
        let shard = shard
        if let known = shard.known(symbol, generation: chain.generation) {
            hits.increment()
            return try answer(known)
        }
        misses.increment()
        return try answer(try await shard.known([symbol]) { chain.generation }[0])
    }

    /// The price of each, in their order, or why there is none.
    func quotes(
        _ symbols: [String]
    ) async throws(QuoteSourceError) -> [Result<MarketQuote, QuoteSourceError>] {
        let known = try await shard.known(symbols) { chain.generation }
        let now = times.now()
        return known.map { known in known.map { $0.price.answer(isKept: $0.isKept, now: now) } }
    }

    /// The price of each as it is known, in their order.
    func prices(_ symbols: [String]) async throws(QuoteSourceError) -> [QuoteShard.Known] {
        try await shard.known(symbols) { chain.generation }
    }

    /// Asks the sources for what is wanted, until the task is cancelled. Once.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for (loop, shard) in zip(loops.loops, shards) {
                group.addTask { try? await loop.run { await self.serve(shard) } }
            }
        }
    }

    private func serve(_ shard: QuoteShard) async {
        await withDiscardingTaskGroup { group in
            while let (symbols, generation) = await shard.nextWanted() {
                group.addTask { await self.fetch(symbols, generation, shard) }
            }
            group.cancelAll()
        }
    }

    private func fetch(_ symbols: [String], _ generation: Int, _ shard: QuoteShard) async {
        // A replay is in this process: nothing is nearer.
        guard let shared, let label = chain.primary.source, !label.isReplayed else {
            return finish(await outcomes(symbols), generation, shard)
        }
        await shared.run(symbols, label) {
            await self.outcomes($0)
        } finish: {
            self.finish($0, generation, shard)
        }
    }

    /// Where no source answers, what another loop was told last serves this one as well.
    private func finish(_ outcomes: [(String, QuoteBoard.Outcome)], _ generation: Int, _ shard: QuoteShard) {
        let found = outcomes.map { symbol, outcome in
            guard case .problem(let error) = outcome, error.code != .unknownSymbol, error.code != .cancelled,
                let last = shards.lazy.compactMap({ $0.last(symbol, generation: generation) }).first
            else { return (symbol, outcome) }
            return (symbol, QuoteBoard.Outcome.kept(last.price, until: last.until, error))
        }
        shard.finish(found, generation: generation)
    }

    /// Asks the sources; an outcome for each symbol.
    private func outcomes(_ symbols: [String]) async -> [(String, QuoteBoard.Outcome)] {
        let found = await chain.quotes(symbols)
        var outcomes: [(String, QuoteBoard.Outcome)] = []
        var quotes: [SourcedQuote] = []
        for symbol in symbols {
            switch found[symbol] ?? .failure(QuoteSourceError(.upstream, "no source of quotes serves")) {
            case .success(let quote): quotes.append(quote)
            case .failure(let error): outcomes.append((symbol, .problem(error)))
            }
        }
        for (quote, result) in zip(quotes, await delays.admit(quotes)) {
            outcomes.append((quote.quote.symbol, await outcome(result)))
        }
        return outcomes
    }

    private func outcome(_ result: Result<SourcedQuote, QuoteSourceError>) async -> QuoteBoard.Outcome {
        do throws(QuoteSourceError) {
            let price = try await renderer.render(result.get())
            return .price(price, usual.of(price.label))
        } catch {
            return .problem(error)
        }
    }

    private func answer(_ known: QuoteShard.Known) throws(QuoteSourceError) -> MarketQuote {
        let (price, isKept) = try known.get()
        return price.answer(isKept: isKept, now: times.now())
    }

    /// That of the caller's loop.
    private var shard: QuoteShard {
        guard let loop = EventLoop.current, loop.index < shards.count, loops.loops[loop.index] === loop else {
            return shards[0]
        }
        return shards[loop.index]
    }
}
