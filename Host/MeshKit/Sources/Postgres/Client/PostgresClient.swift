internal import CLazyLibraries
public import Logging
public import Observe
public import Reactor

/// A client of one database: pools of connections, one for each loop that makes calls. A call stays on its caller's
/// loop; a caller that is on none of the group's is moved to one for the call. Any thread.
///
///     let client = try PostgresClient(configuration, group: group, logger: logger)
///     let rows = try await client.query("SELECT id, name FROM users WHERE age > \(age)")
///     for row in rows {
///         let (id, name) = try row.decode(Int.self, String.self)
///     }
///
/// Statements that are made in one turn of a loop are sent together and share round trips; each is a transaction of its
/// own. Every call ends by its deadline, and at once when its task is cancelled; the server is then asked to stop.
public final class PostgresClient: Sendable {
    let group: EventLoopGroup
    let configuration: PostgresConfiguration
    private let pools: [PostgresPool]

    /// A client; nothing is connected before the first call.
    /// - Parameter metrics: gets the numbers of each loop's pool, named `lonja_postgres_…`.
    /// - Throws: `PostgresError` with code `configuration`.
    public init(
        _ configuration: PostgresConfiguration,
        group: EventLoopGroup,
        logger: Logger,
        metrics: MetricRegistry? = nil
    ) throws(PostgresError) {
        try configuration.validate()
        if let problem = mesh_lazy_pq() { throw PostgresError(.configuration, String(cString: problem)) }
        self.group = group
        self.configuration = configuration
        let gate = CancelGate()
        pools = group.loops.map {
            PostgresPool(configuration, loop: $0, blocking: group.blocking, cancelGate: gate, logger: logger)
        }
        guard let metrics else { return }
        for pool in pools {
            pool.numbers.register(in: metrics, database: configuration.database, loop: pool.loop.index)
        }
    }

    deinit { close() }

    /// Closes the connections; calls that wait or are under way fail with code `closed`. Any thread.
    public func close() {
        for pool in pools { pool.loop.execute { pool.close() } }
    }

    // MARK: Single statements

    /// Executes a statement and collects its rows, up to the configuration's `maximumResultBytes`.
    /// - Throws: `PostgresError`.
    public func query(_ query: PostgresQuery, _ call: PostgresCall = .standard) async throws -> PostgresRows {
        if let pool = currentPool {
            let request = PostgresRequest(query, prelude: nil, mayBeRepeated: true)
            return PostgresRows(result: try await pool.perform(request, deadline: try pool.deadline(call)))
        }
        return try await pools[group.spread().index].loop.run { try await self.query(query, call) }
    }

    /// Executes a statement.
    /// - Returns: how many rows it changed, or returned.
    /// - Throws: `PostgresError`.
    @discardableResult
    public func execute(_ query: PostgresQuery, _ call: PostgresCall = .standard) async throws -> Int {
        try await self.query(query, call).affectedRows
    }

    // MARK: Pools

    /// The pool of the caller's loop, if it runs on one of the group's.
    var currentPool: PostgresPool? {
        guard let loop = EventLoop.current, loop.index < pools.count else { return nil }
        return pools[loop.index].loop === loop ? pools[loop.index] : nil
    }

    /// The pool of the caller's loop, or another.
    var anyPool: PostgresPool { currentPool ?? pools[group.spread().index] }
}

extension EventLoop {
    /// Runs `body` here: at once if this is the caller's loop.
    func hop<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        if isCurrent { return try await body() }
        return try await run(body)
    }
}
