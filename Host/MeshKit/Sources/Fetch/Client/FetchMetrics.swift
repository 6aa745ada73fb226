internal import Observe

/// What the HTTP clients of a process do, for Prometheus. The label `client` is `FetchClientConfiguration.name`; two clients of
/// one name are not told apart in what is a gauge: the later one is shown.
///
/// - `lonja_fetch_transfers_total`: attempts that have ended, also each that a redirect or a retry followed. The label
///   `outcome` is "ok" for an answer, whatever its status, else the code of `FetchError`: "deadlineExceeded",
///   "connectTimeout" and "stalled" are the time-outs.
/// - `lonja_fetch_connects_total`: connections that were made for them.
/// - `lonja_fetch_transfers_in_flight`: attempts that have their turn: they connect, send or receive.
/// - `lonja_fetch_transfers_waiting`: attempts that wait for a connection.
/// - `lonja_fetch_connections`: how many connections those in flight are reckoned to use.
final class FetchMetrics: Sendable {
    /// What one loop's part of a client has to do.
    struct Counts: Sendable {
        let inFlight = LoopCount()
        let waiting = LoopCount()
        let connections = LoopCount()
        let connects = LoopCount()
    }

    private let transfers: MetricFamily<Counter>
    private let client: String
    private let good: Counter

    /// Shows what `counts` say, one for each loop.
    init(_ counts: [Counts], client: String, in metrics: MetricRegistry) {
        self.client = client
        transfers = metrics.counters(
            "lonja_fetch_transfers_total",
            help: "Attempts of HTTP requests that have ended.",
            labels: ["client", "outcome"]
        )
        good = transfers.with(client, "ok")
        func show(_ name: String, _ help: String, isCounter: Bool, _ count: KeyPath<Counts, LoopCount>) {
            metrics.show(name, help, isCounter: isCounter, client: client, counts.map { $0[keyPath: count] })
        }
        show("lonja_fetch_connects_total", "Connections that were made.", isCounter: true, \.connects)
        show("lonja_fetch_transfers_in_flight", "Attempts that have their turn.", isCounter: false, \.inFlight)
        show("lonja_fetch_transfers_waiting", "Attempts that wait for a connection.", isCounter: false, \.waiting)
        show("lonja_fetch_connections", "Connections that are in use.", isCounter: false, \.connections)
    }

    /// An attempt is over. Any thread.
    func ended(_ error: FetchError?) {
        if let error { transfers.with(client, error.code.description).increment() } else { good.increment() }
    }
}
