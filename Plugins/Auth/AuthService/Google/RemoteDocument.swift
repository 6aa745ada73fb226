import Observe
import Synchronization

/// A document of another's that is kept while it is fresh, and beyond that for as long as there is no newer one to be had.
final class RemoteDocument<Value: Sendable>: Sendable {
    /// What a look brought.
    struct Copy: Sendable {
        var value: Value
        var freshUntil: WallTime
    }

    /// Between two looks, whatever happens, while there is something to live on.
    private let interval: Duration
    /// Between two looks while there is nothing.
    private let firstInterval = Duration.seconds(1)
    private let refresher = Refresher()
    private let copy = Mutex<Copy?>(nil)

    init(interval: Duration = .seconds(30)) { self.interval = interval }

    /// The document; an old one if there is no newer.
    /// - Throws: what `load` throws when there is no old one; `CancellationError`.
    func value(at now: WallTime, _ load: () async throws -> Copy) async throws -> Value {
        if let known = copy.withLock({ $0 }), now < known.freshUntil { return known.value }
        do {
            return try await renewed(at: now, load)
        } catch {
            guard !Task.isCancelled, let known = copy.withLock({ $0 }) else { throw error }
            return known.value
        }
    }

    /// The document, asked for anew unless it was a moment ago.
    /// - Throws: what `load` throws; `CancellationError`.
    func renewed(at now: WallTime, _ load: () async throws -> Copy) async throws -> Value {
        let interval = copy.withLock { $0 == nil } ? firstInterval : interval
        try await refresher.refresh(at: now, interval: interval) {
            let new = try await load()
            copy.withLock { $0 = new }
        }
        guard let known = copy.withLock({ $0 }) else { throw OIDCFault("the document is not there yet") }
        return known.value
    }
}
