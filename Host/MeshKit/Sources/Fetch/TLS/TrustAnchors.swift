internal import Reactor
internal import Synchronization

/// The file of authorities of one client: read when it is first needed, in the blocking pool, and read again when an hour
/// has passed, so that a renewed file is noticed. Any thread.
final class TrustAnchors: Sendable {
    /// How long what was read is used.
    static let lifetime = Duration.seconds(3600)

    private struct State {
        var store: TrustStore?
        var readAt = MonotonicTime(nanoseconds: 0)
        var isReading = false
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let file: String
    private let state = Mutex(State())

    init(file: String) {
        self.file = file
    }

    /// The authorities; one reader reads for all who ask meanwhile.
    func store(_ pool: BlockingPool) async throws -> TrustStore {
        while true {
            let (ready, reads) = state.withLock { state -> (TrustStore?, Bool) in
                if let store = state.store, state.readAt.duration(to: .now()) < Self.lifetime { return (store, false) }
                guard !state.isReading else { return (nil, false) }
                state.isReading = true
                return (nil, true)
            }
            if let ready { return ready }
            if reads { return try await read(pool) }
            await withUnsafeContinuation { continuation in
                let isReading = state.withLock { state in
                    if state.isReading { state.waiting.append(continuation) }
                    return state.isReading
                }
                if !isReading { continuation.resume() }
            }
        }
    }

    private func read(_ pool: BlockingPool) async throws -> TrustStore {
        let file = file
        let result: Result<TrustStore, any Error>
        do {
            result = .success(try await pool.run { try TrustStore(file: file) })
        } catch {
            result = .failure(error)
        }
        let (waiting, old) = state.withLock { state in
            if case .success(let store) = result {
                state.store = store
                state.readAt = .now()
            }
            defer { state.waiting = [] }
            state.isReading = false
            return (state.waiting, state.store)
        }
        for continuation in waiting { continuation.resume() }
        // A file that is being replaced must not stop what worked a moment ago.
        if case .failure = result, let old { return old }
        return try result.get()
    }
}
