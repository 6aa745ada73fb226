public import Observe
public import TLS

/// How a client works.
public struct ValkeyConfiguration: Sendable {
    /// Which server.
    public var servers: ValkeyServers
    /// The ACL user; nil for the default one.
    public var user: String?
    /// The password; nil for servers without one.
    public var password: Secret?
    /// TLS, on TCP alone: the server's certificate must name the host of its address; nil for none.
    public var tls: TLSSlot?
    /// The number of the database, as of SELECT.
    public var database = 0
    /// What CLIENT LIST shows for the connections; letters, digits, `-`, `_`, `.`.
    public var name = "lonja"
    /// How many connections each loop has; one is enough unless replies are large.
    public var connectionsPerLoop = 1
    /// How long a command may take that comes without a deadline.
    public var timeout = Duration.seconds(5)
    /// How long one server may take to accept a connection and to let the client in.
    public var connectTimeout = Duration.seconds(2)
    /// A connection on which answers are due and nothing has come for so long is given up.
    public var replyTimeout = Duration.seconds(10)
    /// A connection is asked for a PONG when nothing has come for so long.
    public var idleInterval = Duration.seconds(30)
    /// So many commands may be under way on one connection; more wait.
    public var maximumInFlight = 4096
    /// So many commands may wait on each loop; more are refused with `overloaded`.
    public var maximumWaiting = 65_536
    /// So many bytes of commands may wait on each loop; more are refused with `overloaded`.
    public var maximumWaitingBytes = 64 << 20
    /// The largest command, in bytes.
    public var maximumCommand = 64 << 20
    /// The largest reply, in bytes, with 32 for each of its elements; a larger one ends the connection.
    public var maximumReply = 64 << 20
    /// So many messages of a subscription are kept for a slow reader; then the connection is no longer read.
    public var maximumMessages = 1024

    /// A configuration with the defaults.
    public init(_ servers: ValkeyServers, user: String? = nil, password: Secret? = nil) {
        self.servers = servers
        self.user = user
        self.password = password
    }
}
