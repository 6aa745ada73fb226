public import Observe

/// Counts handshakes and reloads of all slots, and says when their certificates end.
public final class TLSMetrics: Sendable {
    private let registry: MetricRegistry
    private let handshakes: MetricFamily<Counter>
    private let reloads: MetricFamily<Counter>

    /// Puts its metrics into `registry`.
    public init(_ registry: MetricRegistry) {
        self.registry = registry
        handshakes = registry.counters(
            "lonja_tls_handshakes_total",
            help: "Handshakes that ended; the outcome is ok or what was wrong.",
            labels: ["slot", "side", "outcome"]
        )
        reloads = registry.counters(
            "lonja_tls_reloads_total",
            help: "Changes of certificate files that were seen; refused ones change nothing.",
            labels: ["slot", "outcome"]
        )
    }

    func shookHands(_ slot: String, _ side: String, _ error: TLSError?) {
        handshakes.with(slot, side, error?.reason.rawValue ?? "ok").increment()
    }

    func reloaded(_ slot: String, _ outcome: String) {
        reloads.with(slot, outcome).increment()
    }

    func watch(_ slot: TLSSlot) {
        for outcome in ["replaced", "refused"] { _ = reloads.with(slot.name, outcome) }
        registry.callback(
            "lonja_tls_certificate_expiry_seconds",
            help: "Seconds until the certificate of new connections ends.",
            labels: [("slot", slot.name)]
        ) { [weak slot] in
            guard let end = slot?.expiry else { return nil }
            return Double(end.secondsSinceEpoch - WallTime.now().secondsSinceEpoch)
        }
    }
}
