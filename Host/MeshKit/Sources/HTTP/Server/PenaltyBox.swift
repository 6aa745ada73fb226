public import Observe
package import Reactor
internal import Synchronization

/// Where addresses wait whose connections were cut off for abuse again and again: for ten seconds the first time, twice as long
/// each time after it, up to ten minutes, their new connections are closed as they come. Shared by the servers of a process.
/// Any thread.
public final class PenaltyBox: Sendable {
    private let table = Mutex(PenaltyTable())
    private let abuse: AbuseMeter
    private let spared: @Sendable ([UInt8]) -> Bool

    /// - Parameters:
    ///   - abuse: counts and names who gets a penalty.
    ///   - spared: whose address (4 or 16 bytes) stands for many peers, as a proxy's does: it never gets a penalty.
    public init(_ abuse: AbuseMeter, sparing spared: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }) {
        self.abuse = abuse
        self.spared = spared
    }

    /// Whether a new connection of `remote` is to be closed at once; it is counted then.
    package func refuses(_ remote: SocketAddress?, at now: MonotonicTime = .now()) -> Bool {
        guard let key = remote.flatMap({ PenaltyTable.Key($0.hostBytes) }) else { return false }
        guard table.withLock({ $0.refuses(key, at: now) }) else { return false }
        abuse.count("penalty")
        return true
    }

    /// A connection of `remote` was cut off.
    func strike(_ remote: SocketAddress?, for reason: HTTP2Abuse, at now: MonotonicTime) {
        guard reason.isDeliberate, let remote, let key = PenaltyTable.Key(remote.hostBytes) else { return }
        guard !spared(remote.hostBytes), let length = table.withLock({ $0.strike(key, at: now) }) else { return }
        abuse.penalized(for: reason.rawValue, peer: remote.description, length)
    }
}
