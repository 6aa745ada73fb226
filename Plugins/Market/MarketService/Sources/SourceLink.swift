import Observe
import Plugin
import Reactor
import Synchronization

/// One slot of the market with what protects its source: a time limit, a breaker and a budget.
final class SourceLink: Sendable {
    let slot: DriverSlot<any QuoteSource>
    /// Whether it only stands in.
    let isFallback: Bool
    private let timeout: Duration
    private let budgets: SourceBudgets
    private let times: Times
    private let calls: MetricFamily<Counter>
    private let breaker = Mutex(SourceBreaker())

    /// How long a call may wait for its turn in the budget, before the next source is asked.
    static let patience = Duration.milliseconds(250)

    init(
        _ slot: DriverSlot<any QuoteSource>,
        isFallback: Bool,
        timeout: Duration,
        budgets: SourceBudgets,
        times: Times,
        metrics: MetricRegistry
    ) {
        self.slot = slot
        self.isFallback = isFallback
        self.timeout = timeout
        self.budgets = budgets
        self.times = times
        calls = metrics.counters(
            "lonja_market_source_calls_total",
            help: "Calls of quote sources, by how they ended.",
            labels: ["slot", "outcome"]
        )
        metrics.callback(
            "lonja_market_source_resting",
            help: "1 while a quote source is not asked because it failed.",
            labels: [(name: "slot", value: slot.name)]
        ) { [weak self] in
            self.map { $0.breaker.withLock { $0.isOpen } ? 1 : 0 }
        }
    }

    /// The source that serves now; nil if the slot is empty.
    var source: SourceLabel? {
        (try? slot.current).map { SourceLabel($0.capabilities, isFallback: isFallback) }
    }

    /// Calls the source, if it may be called now.
    /// - Throws: what the source throws; `upstream` when it rests, has no driver or takes too long; `throttled` when its
    ///   budget is used up.
    func call<Answer: Sendable>(
        _ body: @escaping @Sendable (any QuoteSource) async throws(QuoteSourceError) -> Answer
    ) async throws(QuoteSourceError) -> Answer {
        try await admit()
        do {
            let answer = try await bounded(body)
            breaker.withLock { $0.answered() }
            calls.with(slot.name, "answered").increment()
            return answer
        } catch {
            let failure = Self.failure(error)
            calls.with(slot.name, failure.code.description).increment()
            await learn(from: failure)
            throw failure
        }
    }

    private var budget: SourceBudget? { source.flatMap { budgets.budget(of: $0) } }

    private func admit() async throws(QuoteSourceError) {
        let now = times.uptime()
        if case .resting(let time) = breaker.withLock({ $0.begin(now) }) {
            throw QuoteSourceError(.upstream, "the source rests after failures", retryAfter: time)
        }
        guard let budget else { return }
        guard let wait = await budget.take() else { return }
        if wait <= Self.patience, (try? await times.pause(wait)) != nil, await budget.take() == nil { return }
        let late = times.uptime()
        breaker.withLock { $0.gaveUp(late) }
        calls.with(slot.name, "budget").increment()
        throw QuoteSourceError(.throttled, "the budget of the source is used up", retryAfter: wait)
    }

    private func bounded<Answer: Sendable>(
        _ body: @escaping @Sendable (any QuoteSource) async throws(QuoteSourceError) -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { [slot, times, timeout] group in
            group.addTask { try await slot.use { source in try await body(source) } }
            group.addTask {
                try await times.pause(timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let answer = first else {
                throw QuoteSourceError(.upstream, "the source did not answer in time")
            }
            return answer
        }
    }

    private func learn(from failure: QuoteSourceError) async {
        let now = times.uptime()
        switch failure.code {
        case .cancelled: breaker.withLock { $0.gaveUp(now) }
        // Answers, if not the wanted ones.
        case .unknownSymbol, .unsupported, .notEntitled, .stale: breaker.withLock { $0.answered() }
        case .throttled, .quotaExhausted:
            breaker.withLock { $0.answered() }
            let usual = failure.code == .throttled ? Duration.seconds(1) : .seconds(60)
            await budget?.rest(failure.retryAfter ?? usual)
        default: breaker.withLock { $0.failed(now) }
        }
    }

    private static func failure(_ error: any Error) -> QuoteSourceError {
        switch error {
        case let error as QuoteSourceError: error
        case is CancellationError: QuoteSourceError(.cancelled, "the call was cancelled")
        case let error as DriverError: QuoteSourceError(.upstream, "no quotes: \(error.code)")
        default: QuoteSourceError(.upstream, "the source failed")
        }
    }
}
