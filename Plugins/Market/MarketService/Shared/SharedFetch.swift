import Contracts
import Observe
import Plugin
import Synchronization
import Valkey

/// Fetches prices so that of all replicas one asks the source, while the others wait for what it learns.
final class SharedFetch: Sendable {
    /// Asks the sources.
    typealias Fetch = @Sendable ([String]) async -> [(String, QuoteBoard.Outcome)]

    /// How long to wait before looking again whether another replica has an answer.
    private static let pause = Duration.milliseconds(20)
    private let prices: SharedPrices
    private let usual: Freshness
    private let times: Times
    private let numbers = Mutex(0)
    private let lookups: (known: Counter, claimed: Counter, failed: Counter)

    init(prices: SharedPrices, usual: Freshness, times: Times, metrics: MetricRegistry) {
        self.prices = prices
        self.usual = usual
        self.times = times
        let family = metrics.counters(
            "lonja_market_shared_lookups_total",
            help: "Prices looked up in the store that replicas share: known there, claimed to be fetched, or failed.",
            labels: ["outcome"]
        )
        lookups = (family.with("known"), family.with("claimed"), family.with("failed"))
    }

    /// Fetches every symbol; `finish` hears of parts as soon as they are there.
    func run(
        _ symbols: [String],
        _ label: SourceLabel,
        fetch: @escaping Fetch,
        finish: @escaping @Sendable ([(String, QuoteBoard.Outcome)]) -> Void
    ) async {
        let number = numbers.withLock { number in
            number += 1
            return number
        }
        let freshness = usual.of(label)
        var left = symbols
        while !left.isEmpty {
            let claims: [SharedPrices.Claim]
            do throws(ValkeyError) {
                claims = try await prices.claim(left, source: label.name, number: number, freshness)
            } catch {
                lookups.failed.increment(by: left.count)
                return finish(await fetch(left))
            }
            var known: [(String, QuoteBoard.Outcome)] = []
            var mine: [String] = []
            var others: [String] = []
            for (symbol, claim) in zip(left, claims) {
                switch claim {
                case .known(let content, let fresh, let serve):
                    known.append((symbol, outcome(content, label, freshness, fresh, serve)))
                case .mine: mine.append(symbol)
                case .others: others.append(symbol)
                }
            }
            lookups.known.increment(by: known.count)
            lookups.claimed.increment(by: mine.count)
            if !known.isEmpty { finish(known) }
            if !mine.isEmpty {
                let outcomes = await fetch(mine)
                // Whoever waits here first, then the others.
                finish(outcomes)
                let settlements = outcomes.map { ($0.0, settlement($0.1)) }
                await prices.settle(settlements, source: label.name, number: number)
            }
            left = others
            if !left.isEmpty, mine.isEmpty, (try? await times.pause(Self.pause)) == nil {
                let error = QuoteSourceError(.cancelled, "the call was cancelled")
                return finish(left.map { ($0, .problem(error)) })
            }
        }
    }

    private func outcome(
        _ content: PriceRecord.Content,
        _ label: SourceLabel,
        _ freshness: Freshness,
        _ fresh: Duration,
        _ serve: Duration
    ) -> QuoteBoard.Outcome {
        switch content {
        case .unknownSymbol:
            return .problem(QuoteSourceError(.unknownSymbol, "no such company is listed"))
        case .price(let message, let staleFrom):
            var own = freshness
            // Who waited must still find it, and look again soon.
            own.fresh = max(fresh, .milliseconds(100))
            own.serve = serve
            return .price(KnownPrice(message, label, staleFrom: staleFrom), own)
        }
    }

    private func settlement(_ outcome: QuoteBoard.Outcome) -> SharedPrices.Settlement {
        switch outcome {
        case .price(let price, let freshness): .price(price, freshness)
        case .problem(let error) where error.code == .unknownSymbol: .unknownSymbol(usual.unknown)
        case .problem, .kept: .none
        }
    }
}
