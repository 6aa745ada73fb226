public import Logging
import Reactor
import Synchronization

/// Counts peers that were cut off or turned away, `mesh_http2_abuse_total` by reason, and names them in the log: in ten
/// lines at once and one every ten seconds after that, as a flood of peers must not become a flood of lines. Any thread.
public final class AbuseMeter: Sendable {
    private static let burst = 10
    private static let pause = Duration.seconds(10)

    private struct Lines {
        var left = AbuseMeter.burst
        var last: MonotonicTime?
        var unsaid = 0
    }

    private let peers: MetricFamily<Counter>
    private let penalties: MetricFamily<Counter>
    private let logger: Logger
    private let lines = Mutex(Lines())

    /// Puts its metric into `metrics`.
    public init(_ metrics: MetricRegistry, logger: Logger = Logger(label: "mesh")) {
        peers = metrics.counters(
            "mesh_http2_abuse_total",
            help: "Connections that were cut off or turned away, and streams that were ended, for what their peer did.",
            labels: ["reason"]
        )
        penalties = metrics.counters(
            "mesh_penalties_total",
            help: "Addresses that were let in no more for a while, by what their last connection was cut off for.",
            labels: ["reason"]
        )
        self.logger = logger
    }

    /// Something that is counted and not worth a line.
    public func count(_ reason: String) {
        peers.with(reason).increment()
    }

    /// A peer was cut off for `reason`.
    public func report(_ reason: String, peer: String?) {
        count(reason)
        guard let unsaid = lineMayBeWritten(at: .now()) else { return }
        var metadata: Logger.Metadata = ["reason": "\(reason)", "peer": "\(peer ?? "unknown")"]
        if unsaid > 0 { metadata["unsaid"] = "\(unsaid)" }
        logger.warning("a peer was cut off", metadata: metadata)
    }

    /// A peer's address is let in no more for `length`, as it was cut off for `reason` once too often.
    public func penalized(for reason: String, peer: String, _ length: Duration) {
        penalties.with(reason).increment()
        guard let unsaid = lineMayBeWritten(at: .now()) else { return }
        var metadata: Logger.Metadata = ["reason": "\(reason)", "peer": "\(peer)", "for": "\(length)"]
        if unsaid > 0 { metadata["unsaid"] = "\(unsaid)" }
        logger.warning("an address is let in no more for a while", metadata: metadata)
    }

    /// Takes a line.
    /// - Returns: how many have been left out since the last one; nil when this is left out too.
    func lineMayBeWritten(at now: MonotonicTime) -> Int? {
        lines.withLock { lines in
            let passed = lines.last.map { $0.duration(to: now) / Self.pause } ?? Double(Self.burst)
            if passed >= 1 {
                lines.left = min(Self.burst, lines.left + Int(min(passed, Double(Self.burst))))
                lines.last = now
            }
            guard lines.left > 0 else {
                lines.unsaid += 1
                return nil
            }
            lines.left -= 1
            defer { lines.unsaid = 0 }
            return lines.unsaid
        }
    }
}
