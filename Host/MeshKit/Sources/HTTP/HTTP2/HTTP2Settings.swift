/// The limits of one HTTP/2 connection.
package struct HTTP2Settings: Sendable {
    /// Streams that the peer may have open at once, those whose handler has not ended included.
    package var maximumStreams = 1000
    /// Bytes of a header list, counted as RFC 9113, 6.5.2 does.
    package var maximumHeaderList = 32 << 10
    /// Bytes of content per stream that may be on their way or unread.
    package var streamWindow = 64 << 10
    /// The same for the whole connection.
    package var connectionWindow = 1 << 20
    /// Bytes that wait for the socket before no more frames are made.
    package var outputLimit = 1 << 20
    /// How long the peer may take for its preface, and for a header block.
    package var prefaceTimeout = Duration.seconds(10)
    /// How long output may make no progress.
    package var writeTimeout = Duration.seconds(30)
    /// How long a stream may have output that the peer's window holds back; nil for ever, as between services, where a
    /// slow reader is one that has other things to do.
    package var windowTimeout: Duration?
    /// How long a connection without streams is kept; nil for ever.
    package var idleTimeout: Duration? = .seconds(300)
    /// Resets by the peer, and apart from them those that its mistakes cause: at once, and per second.
    package var resetBurst: UInt64 = 1000
    package var resetRate: UInt64 = 33
    /// Answers to PING and SETTINGS that may wait to be sent; a peer that makes more is a flood.
    package var maximumQueuedAnswers = 1000

    package init() {}
}
