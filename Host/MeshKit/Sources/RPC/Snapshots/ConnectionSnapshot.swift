package import HTTP
public import Reactor

/// What one connection was doing at a moment.
public struct ConnectionSnapshot: Sendable {
    /// Who is at the other end; nil for a socket without an address.
    public let remote: SocketAddress?
    /// Which loop it lives on.
    public let loop: Int
    /// How long it has been there.
    public let age: Duration
    /// How long ago the peer was last heard.
    public let silence: Duration
    /// Streams that are open.
    public let streams: Int
    /// Streams that there were, these included.
    public let streamsOpened: Int
    /// Bytes that came, without those of TCP and TLS.
    public let bytesReceived: Int
    /// Bytes that went out, the same way.
    public let bytesSent: Int
    /// Whether it takes no more calls.
    public let isGoingAway: Bool
    /// The calls on it.
    public let calls: CallTally

    package init(_ connection: HTTP2Connection, _ calls: CallTally) {
        let now = MonotonicTime.now()
        remote = connection.transport.remote
        loop = connection.loop.index
        age = connection.traffic.begun.duration(to: now)
        silence = connection.traffic.heard.duration(to: now)
        streams = connection.streamCount
        streamsOpened = connection.traffic.streams
        bytesReceived = connection.traffic.bytesReceived
        bytesSent = connection.traffic.bytesSent
        isGoingAway = connection.isGoingAway
        self.calls = calls
    }
}
