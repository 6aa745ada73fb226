public import HTTP
public import Observe
public import TLS

/// The limits of a gRPC server.
public struct RPCServerConfiguration: Sendable {
    /// Bytes of one incoming message; a longer one ends its call with RESOURCE_EXHAUSTED. 4 MiB, as everywhere in gRPC.
    public var maximumMessage = 4 << 20
    /// Bytes of messages that the calls of one connection may hold, in part or for their handlers, before their peer
    /// has to send one message after the other.
    public var heldMessages = 8 << 20
    /// Connections at once; more are closed as they come.
    public var maximumConnections = 10_000
    /// Connections at once of one peer address; unix sockets are not counted.
    public var maximumConnectionsPerAddress = 4_000
    /// How connections come to loops.
    public var spread = Spread.handOut
    /// Mutual TLS, and nothing else is answered then; nil for none.
    public var tls: TLSSlot?
    /// Who may call what; without it everybody who gets a connection.
    public var policy: CallerPolicy?
    /// How long a peer may be silent before it is asked, by PING, whether it is there; nil never asks.
    public var keepAlive: Duration? {
        get { http2.keepAlive.withStreams }
        set { (http2.keepAlive.withStreams, http2.keepAlive.withoutStreams) = (newValue, newValue) }
    }
    /// The least time between two PINGs of a peer that has calls under way; the third that comes earlier, and is not
    /// behind an answer, ends the connection with `too_many_pings`.
    public var leastPingInterval: Duration {
        get { http2.pings.withStreams }
        set { http2.pings.withStreams = newValue }
    }
    /// The same for a peer without calls.
    public var leastIdlePingInterval: Duration {
        get { http2.pings.withoutStreams }
        set { http2.pings.withoutStreams = newValue }
    }
    /// The age at which a peer is asked to connect elsewhere, ±10 %; nil for never.
    public var maximumConnectionAge: Duration? {
        get { http2.maximumAge }
        set { http2.maximumAge = newValue }
    }
    /// How long the calls of such a connection may then take; nil for ever.
    public var connectionAgeGrace: Duration? {
        get { http2.ageGrace }
        set { http2.ageGrace = newValue }
    }
    /// Counts and names peers that are cut off.
    public var abuse: AbuseMeter? {
        get { http2.abuse }
        set { http2.abuse = newValue }
    }
    /// Where addresses wait that are cut off again and again; nil lets everybody come back at once. Not for mutual TLS,
    /// whose peers are known by name.
    public var penalties: PenaltyBox? {
        get { http2.penalties }
        set { http2.penalties = newValue }
    }
    package var http2 = HTTP2Settings()

    /// How connections come to loops.
    public enum Spread: Sendable {
        /// One loop accepts and hands out in turn.
        case handOut
        /// SO_REUSEPORT: each loop accepts for itself.
        case perLoop
    }

    /// The defaults.
    public init() {}
}
