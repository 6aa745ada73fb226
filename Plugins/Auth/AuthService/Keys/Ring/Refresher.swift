import Observe
import Synchronization

/// Runs refreshes behind a `RefreshGate`: those who want one while it runs wait for its end instead of starting another.
final class Refresher: Sendable {
    private struct State {
        var gate = RefreshGate()
        var failure: (any Error)?
        var wasCancelled = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var cancelled: Set<Int> = []
        var nextID = 0
    }
    private let state = Mutex(State())

    init() {}

    /// Runs `work`, or waits while another's runs. When it returns, what is known is as fresh as `interval` allows.
    /// - Throws: what the work last threw, also to those who waited for it or came too soon after it, as they do not know
    ///   what they wanted to know either; `CancellationError` for a task that is cancelled.
    func refresh(
        at now: WallTime,
        interval: Duration,
        _ work: () async throws -> Void
    ) async throws {
        while true {
            let (entry, failure) = state.withLock { ($0.gate.enter(at: now, interval: interval), $0.failure) }
            switch entry {
            case .lead: return try await lead(work)
            case .refuse:
                if let failure { throw failure }
                return
            case .follow:
                await follow()
                try Task.checkCancellation()
                let (isCancelled, failure) = state.withLock { ($0.wasCancelled, $0.failure) }
                // Whoever ran it gave up: the next one in turn does it.
                if isCancelled { continue }
                if let failure { throw failure }
                return
            }
        }
    }

    private func lead(_ work: () async throws -> Void) async throws {
        do {
            try await work()
            finish(nil, wasCancelled: false)
        } catch {
            let wasCancelled = Task.isCancelled || error is CancellationError
            finish(wasCancelled ? nil : error, wasCancelled: wasCancelled)
            throw error
        }
    }

    private func finish(_ failure: (any Error)?, wasCancelled: Bool) {
        let waiting = state.withLock { state in
            state.gate.finished(wasCancelled: wasCancelled)
            (state.failure, state.wasCancelled) = (failure, wasCancelled)
            defer { state.waiting.removeAll() }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    private func follow() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    // It ended, or this task was cancelled, before there was anything to resume.
                    guard state.gate.isRunning, state.cancelled.remove(id) == nil else { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isLate { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                if let continuation = state.waiting.removeValue(forKey: id) {
                    return continuation as CheckedContinuation?
                }
                state.cancelled.insert(id)
                return nil
            }
            continuation?.resume()
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }
}
