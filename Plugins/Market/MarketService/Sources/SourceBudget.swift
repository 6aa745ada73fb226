import Plugin
import Reactor
import Synchronization

/// The calls a source may get, shared by all replicas where there is a store.
///
/// Without a store, or while it does not answer, every process has the budget for itself: the source's own refusals
/// (`throttled`) then rest it.
final class SourceBudget: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let shared: SharedBudget?
    private let times: Times

    init(_ bucket: TokenBucket, shared: SharedBudget?, times: Times) {
        self.bucket = Mutex(bucket)
        self.shared = shared
        self.times = times
    }

    /// Takes one call.
    /// - Returns: nil if it may be made, else how long until it may be.
    func take() async -> Duration? {
        if let shared {
            switch await shared.take() {
            case .go: return nil
            case .wait(let time): return time
            case .unknown: break
            }
        }
        let now = microseconds
        return bucket.withLock { $0.take(now) }.map { .microseconds($0) }
    }

    /// The source wants no call for so long.
    func rest(_ time: Duration) async {
        let now = microseconds
        let span = Int(min(time, .seconds(86_400)) / .microseconds(1))
        bucket.withLock { $0.rest(span, now) }
        await shared?.rest(span)
    }

    private var microseconds: Int { Int(times.uptime().nanoseconds / 1000) }
}
