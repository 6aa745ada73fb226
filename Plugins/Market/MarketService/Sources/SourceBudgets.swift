import Plugin
import Synchronization
import Valkey

/// The budgets of the sources that served in one slot, by their names: a source keeps its own when another serves for a
/// while.
final class SourceBudgets: Sendable {
    /// What the configuration says for the slot; nil leaves it to the driver.
    private let configured: QuoteCapabilities.RateLimit?
    private let burst: Int
    private let store: ValkeyClient?
    private let times: Times
    private let budgets = Mutex<[String: SourceBudget]>([:])

    init(configured: QuoteCapabilities.RateLimit?, burst: Int, store: ValkeyClient?, times: Times) {
        self.configured = configured
        self.burst = burst
        self.store = store
        self.times = times
    }

    /// That of a source; nil if it may be asked as often as one likes, as a replay, which is in this process.
    func budget(of label: SourceLabel) -> SourceBudget? {
        guard !label.isReplayed, let limit = configured ?? label.rateLimit else { return nil }
        return budgets.withLock { budgets in
            if let known = budgets[label.name] { return known }
            let bucket = TokenBucket(limit, burst: burst)
            let shared = store.map { SharedBudget($0, source: label.name, bucket) }
            let new = SourceBudget(bucket, shared: shared, times: times)
            budgets[label.name] = new
            return new
        }
    }
}
