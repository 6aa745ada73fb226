import Synchronization

/// Bounds the calls that wait for one service, so that a service that is slow or dead holds up nobody but who needs it:
/// who comes when it is full is told so at once. Any thread.
public final class Bulkhead: Sendable {
    private let name: String
    private let limit: Int
    private let inside = Atomic<Int>(0)

    /// - Parameters:
    ///   - name: what the service is called, for messages.
    ///   - limit: calls at once; streams are not counted, as they are meant to last.
    public init(_ name: String, limit: Int) {
        precondition(limit > 0, "a bulkhead lets somebody through")
        self.name = name
        self.limit = limit
    }

    /// How many calls are inside.
    public var count: Int { inside.load(ordering: .relaxed) }

    /// Takes a place; ``leave()`` gives it back.
    /// - Throws: UNAVAILABLE where there is none.
    func enter() throws(RPCError) {
        guard inside.wrappingAdd(1, ordering: .relaxed).newValue > limit else { return }
        leave()
        throw RPCError(
            .unavailable,
            "\(name) has too many calls to answer at the moment",
            reason: "unavailable",
            retryAfter: .seconds(1)
        )
    }

    func leave() { inside.wrappingSubtract(1, ordering: .relaxed) }
}
