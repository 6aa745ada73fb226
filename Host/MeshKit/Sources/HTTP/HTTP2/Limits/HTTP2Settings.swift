package import Observe

/// The limits of one HTTP/2 connection.
package struct HTTP2Settings: Sendable {
    // MARK: Streams and content

    /// Streams that the peer may have open at once, those whose handler has not ended included.
    package var maximumStreams = 1000
    /// Streams of one connection that begin in one turn of its loop: what comes after them waits for the next, behind
    /// what other connections have to say.
    package var streamsPerTurn = 64
    /// Bytes of a header list, counted as RFC 9113, 6.5.2 does. Above four times as many the connection ends.
    package var maximumHeaderList = 32 << 10
    /// Bytes of its list that each request may keep as long as it takes, and what all of a connection may keep beyond
    /// that, counted the same way; a request for which there is no room is refused. There is for one.
    package var freeFields = 1 << 10
    package var heldFields = 512 << 10
    /// Bytes of content per stream that may be on their way or unread.
    package var streamWindow = 64 << 10
    /// The same for the whole connection.
    package var connectionWindow = 1 << 20
    /// Bytes that wait for the socket before no more frames are made, and, at a server, no more are read.
    package var outputLimit = 64 << 10
    /// Bytes of content, of all streams together, that wait for the peer's window, or have been sent and not dropped
    /// yet, before streams are asked to wait.
    package var heldLimit = 64 << 10

    // MARK: Times

    /// How long the peer may take for its preface and SETTINGS, and to acknowledge ours.
    package var prefaceTimeout = Duration.seconds(10)
    /// How long a header block may take from its first frame to its last.
    package var headerBlockTimeout = Duration.seconds(5)
    /// How long output may make no progress.
    package var writeTimeout = Duration.seconds(30)
    /// How long a stream may have output that the peer's window holds back; nil for ever, as between services, where a
    /// slow reader is one that has other things to do.
    package var windowTimeout: Duration?
    /// How long a connection without streams is kept; nil for ever.
    package var idleTimeout: Duration? = .seconds(300)
    /// The age at which the peer is asked to go elsewhere, ±10 %, and how long open streams may then take; nil for
    /// ever.
    package var maximumAge: Duration?
    package var ageGrace: Duration?
    /// When the peer is asked whether it is there.
    package var keepAlive = HTTP2KeepAlive.Limits()
    /// How long the first GOAWAY waits for the answer to its PING before the second.
    package var goawayTimeout = Duration.seconds(5)

    // MARK: Abuse (a server's)

    /// Resets by the peer, and apart from them those that its mistakes cause: at once, and per second.
    package var resetBurst = 1000
    package var resetRate = 33
    /// SETTINGS of the peer: at once, and per second. No more than the answers that may wait.
    package var settingsBurst = 100
    package var settingsRate = 10
    /// How often the peer may send PING.
    package var pings = HTTP2PingStrikes.Limits()
    /// Answers to PING and SETTINGS that may wait to be sent; a peer that makes more is a flood.
    package var maximumQueuedAnswers = 1000
    /// Frames with nothing in them, in a row.
    package var maximumEmptyFrames = 100
    /// CONTINUATION frames of one header block.
    package var maximumContinuations = 8
    /// Who counts peers that are cut off.
    package var abuse: AbuseMeter?
    /// Who remembers their addresses.
    package var penalties: PenaltyBox?

    package init() {}
}
