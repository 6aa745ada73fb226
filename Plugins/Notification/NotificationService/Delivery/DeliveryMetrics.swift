import Observe
import Synchronization

/// What is counted.
struct DeliveryMetrics: Sendable {
    /// Requests, by kind and by what became of them.
    let requests: MetricFamily<Counter>
    /// Attempts, by driver and outcome.
    let sends: MetricFamily<Counter>
    /// Mails that ended, by kind and state.
    let endings: MetricFamily<Counter>
    /// Reports of the provider, by what became of them.
    let reports: MetricFamily<Counter>
    /// Events that were booked, by driver and kind.
    let events: MetricFamily<Counter>
    /// From being leased to the driver's answer, by driver.
    let duration: MetricFamily<Histogram>
    /// The last look at the queue.
    let depth = DepthGauge()

    init(_ registry: MetricRegistry) {
        requests = registry.counters(
            "lonja_notification_requests_total",
            help: "Mails that were asked for, by kind and result.",
            labels: ["kind", "result"]
        )
        sends = registry.counters(
            "lonja_notification_sends_total",
            help: "Attempts to hand over a mail, by driver and outcome.",
            labels: ["driver", "outcome"]
        )
        endings = registry.counters(
            "lonja_notification_endings_total",
            help: "Mails that were sent, given up or came too late, by kind and state.",
            labels: ["kind", "state"]
        )
        reports = registry.counters(
            "lonja_notification_reports_total",
            help: "Reports of what became of mails, by result.",
            labels: ["result"]
        )
        events = registry.counters(
            "lonja_notification_events_total",
            help: "Events of mails that were reported and booked, by driver and kind.",
            labels: ["driver", "kind"]
        )
        duration = registry.histograms(
            "lonja_notification_send_seconds",
            help: "How long the driver took for a mail.",
            labels: ["driver"]
        )
        let depth = depth
        for state in ["queued", "leased", "dead"] {
            registry.callback(
                "lonja_notification_mails",
                help: "Mails in the outbox that are not sent, by state; of all replicas.",
                labels: [("state", state)]
            ) { depth.value.map { Double($0.count(state)) } }
        }
        registry.callback(
            "lonja_notification_oldest_due_seconds",
            help: "How long the mail has waited that has been due longest; 0 if none is."
        ) { depth.value.map { $0.oldestDue?.inSeconds ?? 0 } }
    }
}

/// The last look at the queue.
final class DepthGauge: Sendable {
    private let last = Mutex<Outbox.Depth?>(nil)

    /// Nil before the first look.
    var value: Outbox.Depth? { last.withLock { $0 } }

    func set(_ depth: Outbox.Depth) { last.withLock { $0 = depth } }
}

extension Outbox.Depth {
    fileprivate func count(_ state: String) -> Int {
        switch state {
        case "queued": queued
        case "leased": leased
        default: dead
        }
    }
}
