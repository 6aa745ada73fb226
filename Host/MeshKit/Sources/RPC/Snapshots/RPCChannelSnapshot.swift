public import Reactor

/// What a channel looks like at a moment, for people.
public struct RPCChannelSnapshot: Sendable {
    /// How it is with the connection to an endpoint.
    public enum State: String, Sendable {
        /// It is being made.
        case connecting
        /// Calls go there.
        case ready
        /// It could not be made; the next attempt has its time.
        case waiting
    }

    /// One endpoint, as one loop knows it.
    public struct Endpoint: Sendable {
        /// Where it is.
        public var address: SocketAddress
        /// Whether it can be reached.
        public var state: State
        /// Connections that are up.
        public var connections: Int
        /// Calls under way.
        public var inFlight: Int
        /// How long an answer takes, as the balancer sees it.
        public var mean: Duration
        /// For how long it gets no calls, since it failed; nil when it is not ejected, 0 or less when it is about to be tried.
        public var ejectedFor: Duration?
    }

    /// One loop's part.
    public struct Loop: Sendable {
        /// Its index.
        public var index: Int
        /// The endpoints, in the resolver's order; none before the loop's first call.
        public var endpoints: [Endpoint]
        /// Calls that wait for a connection.
        public var waiting: Int
        /// Why an endpoint could last not be reached; nil when all is well.
        public var lastFailure: String?
    }

    /// Where the channel leads.
    public var target: RPCTarget
    /// Every loop that has made calls.
    public var loops: [Loop]
    /// How many connections there are, those that are being made or on which calls end included.
    public var connectionCount: Int
    /// Some of them, the oldest first.
    public var connections: [ConnectionSnapshot]
    /// Calls so far, each once.
    public var calls: Int
    /// Attempts beside the first.
    public var repeats: Int

    /// Why an endpoint could last not be reached; nil when all is well.
    public var lastFailure: String? { loops.lazy.compactMap(\.lastFailure).first }
}

extension RPCChannelSnapshot.Endpoint {
    init(_ endpoint: Balancer.Endpoint, at now: MonotonicTime, typical: Double) {
        address = endpoint.address
        state =
            switch endpoint.state {
            case .connecting: .connecting
            case .ready: .ready
            case .waiting: .waiting
            }
        connections = endpoint.connections
        inFlight = endpoint.inFlight
        mean = .nanoseconds(Int64(endpoint.latency.aged(at: now, towards: typical)))
        ejectedFor = endpoint.health.ejectedUntil.map { now.duration(to: $0) }
    }
}
