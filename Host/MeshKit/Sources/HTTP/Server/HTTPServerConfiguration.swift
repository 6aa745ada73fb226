public import Observe
public import TLS

/// The limits of a server. The defaults suit a door to the internet; `mesh` suits services that know each other.
public struct HTTPServerConfiguration: Sendable {
    // MARK: Connections

    /// Connections at once, all peers together.
    public var maximumConnections = 10_000
    /// Connections at once of one peer address; unix sockets are not counted.
    public var maximumConnectionsPerAddress = 1_000
    /// From a connection's first byte (or its being accepted) until a request's head, or the HTTP/2 preface and
    /// SETTINGS, are complete.
    public var headerTimeout: Duration = .seconds(10)
    /// How long a connection may be without any exchange.
    public var idleTimeout: Duration = .seconds(60)
    /// How long the peer may send nothing of a body that there is room for.
    public var bodyTimeout: Duration = .seconds(30)
    /// How long the peer may take nothing of what waits for it; over HTTP/2, of a connection or of one stream.
    public var writeTimeout: Duration = .seconds(30)
    /// How long, after an answer, the rest of a request's content may take to come before its connection is closed.
    public var discardTime: Duration = .seconds(10)
    /// How long, after an error, what the peer is still sending is read and thrown away, so that it sees the answer.
    public var lingerTime: Duration = .seconds(2)
    /// How long, when the server ends, a connection that was busy shortly before waits for a request that may be on its
    /// way: its answer tells the client to close. Closing at once would lose it.
    public var drainGrace: Duration = .seconds(1)
    /// The scheme requests are given: `https` when TLS ends here or in front of this server.
    public var scheme = "http"
    /// TLS, and nothing else is answered then; nil where it ends in front of this server.
    public var tls: TLSSlot? {
        didSet { if tls != nil { scheme = "https" } }
    }

    // MARK: HTTP/1.x

    /// Bytes of a request line; 414 above.
    public var maximumRequestLineBytes = 8 << 10
    /// Bytes of a header section; 431 above. Also the HTTP/2 header list, counted as RFC 9113 §6.5.2 says.
    public var maximumHeaderBytes = 16 << 10
    /// Fields of a header section; 431 above.
    public var maximumFields = 100
    /// Bytes of a request's content; 413 above. Handlers set closer limits of their own with `collect(upTo:)`.
    public var maximumBodyBytes = 64 << 20
    /// Content waiting for its handler, above which the connection is not read.
    public var bodyBufferBytes = 64 << 10
    /// Content that a handler left unread is read up to so many bytes to keep the connection; above it is closed.
    public var maximumDiscardedBytes = 64 << 10
    /// Requests on one connection before it is closed in order.
    public var maximumRequestsPerConnection = 10_000

    // MARK: HTTP/2

    /// Streams at once on one connection; REFUSED_STREAM above.
    public var maximumConcurrentStreams = 100
    /// Bytes a peer may send on one stream before the handler reads.
    public var streamWindow = 64 << 10
    /// Bytes a peer may send on all streams of a connection together before the handlers read.
    public var connectionWindow = 1 << 20
    /// RST_STREAM a peer may send, or cause, in one go.
    public var resetBurst = 100
    /// RST_STREAM a peer may send, or cause, per second after that.
    public var resetsPerSecond = 10
    /// The least time between two PINGs of a peer that has streams open; the third that comes earlier, and is not behind an
    /// answer, ends the connection (`too_many_pings`).
    public var leastPingInterval: Duration = .seconds(10)
    /// The same for a peer without streams.
    public var leastIdlePingInterval: Duration = .seconds(300)
    /// Frames with nothing in them, in a row.
    public var maximumEmptyFrames = 10
    /// PING and SETTINGS whose answers may wait to be sent.
    public var maximumQueuedControlFrames = 100
    /// The age at which a connection is asked to end in order (±10 %); `nil` for never.
    public var maximumConnectionAge: Duration? = .seconds(30 * 60)
    /// How long the streams of such a connection may then take; `nil` for ever.
    public var connectionAgeGrace: Duration? = .seconds(5 * 60)
    /// How long a peer with streams open may be silent before it is asked, by PING, whether it is there; it has twenty
    /// seconds to answer. `nil` never asks.
    public var keepAliveWithStreams: Duration? = .seconds(30)
    /// The same for a peer without streams.
    public var keepAliveWithoutStreams: Duration? = .seconds(2 * 3600)

    // MARK: Watching

    /// Counts and names peers that are cut off.
    public var abuse: AbuseMeter?
    /// Where addresses wait that are cut off again and again; nil lets everybody come back at once.
    public var penalties: PenaltyBox?

    /// The defaults.
    public init() {}

    /// For the services' own port: more streams and looser rates, no age.
    public static var mesh: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.idleTimeout = .seconds(300)
        configuration.maximumHeaderBytes = 32 << 10
        configuration.maximumConcurrentStreams = 1_000
        configuration.resetBurst = 1_000
        configuration.resetsPerSecond = 33
        configuration.maximumEmptyFrames = 100
        configuration.keepAliveWithStreams = .seconds(2 * 3600)
        configuration.maximumConnectionAge = nil
        return configuration
    }
}
