/// The limits of one loop's pool of connections.
public struct PostgresPoolLimits: Sendable, Equatable {
    /// So many connections at the most, on each loop.
    public var maximumConnections = 8
    /// So many are kept though nothing uses them.
    public var minimumConnections = 1
    /// So many single statements may be under way on one connection.
    public var maximumInFlight = 64
    /// So many calls may wait for a connection; more are refused.
    public var maximumWaiting = 16_384
    /// A connection that nothing used for so long is closed.
    public var idleTimeout = Duration.seconds(300)
    /// A connection that nothing used for so long is asked whether it still lives.
    public var healthCheckInterval = Duration.seconds(30)
    /// How long it may take to answer that, and to become usable after a cancelled statement, before it is replaced.
    public var grace = Duration.seconds(5)
    /// A connection is replaced at this age, give or take a tenth.
    public var maximumAge = Duration.seconds(3600)
    /// So many attempts to connect must fail in a row before calls fail at once instead of waiting for their deadline.
    public var attemptsBeforeFailing = 5

    /// The defaults above.
    public init() {}

    func validate() throws(PostgresError) {
        guard maximumConnections >= 1, (0...maximumConnections).contains(minimumConnections), maximumInFlight >= 1,
            maximumWaiting >= 0, attemptsBeforeFailing >= 1, idleTimeout > .zero, healthCheckInterval > .zero,
            grace > .zero, maximumAge > .zero
        else { throw PostgresError(.configuration, "a limit of the connection pool is out of range") }
    }
}
