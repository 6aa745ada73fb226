public import Synchronization

/// Makes one call for all who ask for the same at the same time. For reads whose answer does not depend on who asks.
///
/// The answer is always of a call that began after it was asked for, never of one under way: it is as new as that of a
/// call of one's own. Calls of a key go one after the other, so that the more ask, the more share one. Any thread.
public final class SharedCalls<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline
    enum Turn: Sendable {
        /// To make the call.
        case lead
        /// Somebody else's call brought this.
        case answer(Value)
        /// Somebody else's call failed, perhaps for reasons of his own.
        case alone
    }

    @usableFromInline let line = Mutex(CallLine<Key, UnsafeContinuation<Turn, Never>>())

    /// Nobody asks yet.
    @inlinable
    public init() {}

    // Inlinable: every request with a session comes here, and what is generic across modules looks up its types each time.
    /// The answer for a key, by `call` where nobody else makes it.
    ///
    /// Who waits for another's call is not woken by the cancellation of his own task: `call` must have a deadline.
    @inlinable
    public func value(_ key: Key, _ call: () async throws -> Value) async throws -> Value {
        let turn = await withUnsafeContinuation { (seat: UnsafeContinuation<Turn, Never>) in
            if line.withLock({ $0.arrive(key, seat) }) { seat.resume(returning: .lead) }
        }
        switch turn {
        case .answer(let value): return value
        case .alone:
            try Task.checkCancellation()
            return try await call()
        case .lead:
            // Whoever is ready on this loop comes along.
            await Task.yield()
            line.withLock { $0.depart(key) }
            do {
                let value = try await call()
                land(key, .answer(value))
                return value
            } catch {
                land(key, .alone)
                throw error
            }
        }
    }

    @inlinable
    func land(_ key: Key, _ turn: Turn) {
        let (passengers, next) = line.withLock { $0.land(key) }
        for seat in passengers { seat.resume(returning: turn) }
        next?.resume(returning: .lead)
    }
}
