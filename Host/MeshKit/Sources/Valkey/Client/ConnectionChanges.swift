internal import Synchronization

/// How often a connection of a client was found, lost or given up. Any thread.
final class ConnectionChanges: Sendable {
    private let total = Atomic(0)

    /// The count.
    var count: Int { total.load(ordering: .sequentiallyConsistent) }

    /// One more, before anybody can learn anything through what comes after it.
    func happened() { total.wrappingAdd(1, ordering: .sequentiallyConsistent) }
}
