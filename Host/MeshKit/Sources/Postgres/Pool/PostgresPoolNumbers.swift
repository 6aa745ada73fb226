internal import Observe
internal import Synchronization

/// What the metrics of one pool are read from: written by its loop alone, read by any thread.
///
/// - `lonja_postgres_connections`, labels `database`, `loop` and `state` (`idle`, `busy`, `connecting`): how many there are.
/// - `lonja_postgres_waiting`: calls that wait for a connection.
/// - `lonja_postgres_statements_total`: statements that calls made, those of transactions included.
/// - `lonja_postgres_waits_total`: calls that had to wait for a connection.
/// - `lonja_postgres_timeouts_total`: calls whose deadline passed.
/// - `lonja_postgres_connections_lost_total`: connections that broke and are made again when they are needed.
/// - `lonja_postgres_connect_failures_total`: attempts to connect that failed.
final class PostgresPoolNumbers: Sendable {
    /// A number that only its loop changes, so that adding needs no bus lock.
    struct Cell: ~Copyable, Sendable {
        private let value = Atomic<Int>(0)

        func set(_ new: Int) { value.store(new, ordering: .relaxed) }
        func add(_ more: Int) { value.store(value.load(ordering: .relaxed) &+ more, ordering: .relaxed) }
        var current: Int { value.load(ordering: .relaxed) }
    }

    let idle = Cell()
    let busy = Cell()
    let connecting = Cell()
    let waiting = Cell()
    let statements = Cell()
    let waits = Cell()
    let timeouts = Cell()
    let losses = Cell()
    let failures = Cell()

    /// Lets `metrics` read them.
    func register(in metrics: MetricRegistry, database: String, loop: Int) {
        let labels = [(name: "database", value: database), (name: "loop", value: String(loop))]
        func connections(_ state: String, _ read: @escaping @Sendable (PostgresPoolNumbers) -> Int) {
            metrics.callback(
                "lonja_postgres_connections",
                help: "Connections to the database.",
                labels: labels + [(name: "state", value: state)]
            ) { [weak self] in self.map { Double(read($0)) } }
        }
        func number(
            _ name: String,
            _ help: String,
            isCounter: Bool = true,
            _ read: @escaping @Sendable (PostgresPoolNumbers) -> Int
        ) {
            let name = "lonja_postgres_\(name)"
            metrics.callback(name, help: help, isCounter: isCounter, labels: labels) { [weak self] in
                self.map { Double(read($0)) }
            }
        }
        connections("idle") { $0.idle.current }
        connections("busy") { $0.busy.current }
        connections("connecting") { $0.connecting.current }
        number("waiting", "Calls that wait for a connection.", isCounter: false) { $0.waiting.current }
        number("statements_total", "Statements that calls made.") { $0.statements.current }
        number("waits_total", "Calls that had to wait for a connection.") { $0.waits.current }
        number("timeouts_total", "Calls whose deadline passed.") { $0.timeouts.current }
        number("connections_lost_total", "Connections that broke.") { $0.losses.current }
        number("connect_failures_total", "Attempts to connect that failed.") { $0.failures.current }
    }
}
