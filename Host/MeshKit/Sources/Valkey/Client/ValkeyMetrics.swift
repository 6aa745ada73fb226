internal import Observe

/// What the clients of a process do, for Prometheus. The label `client` is `ValkeyConfiguration.name`; two clients of one name
/// are not told apart: the later one is shown.
///
/// - `lonja_valkey_connections`: connections that are open, those of subscriptions apart.
/// - `lonja_valkey_connects_total`: connections that were made; each beyond the first of a loop replaced one that was lost.
/// - `lonja_valkey_commands_total`: commands that were given to the client; a pipeline is one.
/// - `lonja_valkey_commands_in_flight`: those that are on a connection, without all their replies.
/// - `lonja_valkey_commands_waiting`: those that wait for a connection.
/// - `lonja_valkey_timeouts_total`: those that came to their deadline.
enum ValkeyMetrics {
    /// Shows what `counts` say, one for each loop.
    static func register(_ counts: [ValkeyCounts], client: String, in metrics: MetricRegistry) {
        func show(_ name: String, _ help: String, isCounter: Bool, _ count: KeyPath<ValkeyCounts, LoopCount>) {
            metrics.show(name, help, isCounter: isCounter, client: client, counts.map { $0[keyPath: count] })
        }
        show("lonja_valkey_connections", "Open connections to Valkey.", isCounter: false, \.connections)
        show("lonja_valkey_connects_total", "Connections to Valkey that were made.", isCounter: true, \.connects)
        show("lonja_valkey_commands_total", "Commands given to the client.", isCounter: true, \.commands)
        show("lonja_valkey_commands_in_flight", "Commands that wait for replies.", isCounter: false, \.inFlight)
        show("lonja_valkey_commands_waiting", "Commands that wait for a connection.", isCounter: false, \.waiting)
        show("lonja_valkey_timeouts_total", "Commands that came to their deadline.", isCounter: true, \.timeouts)
    }
}
