package import Reactor

/// What has gone over one connection. A value.
package struct HTTP2Traffic: Sendable {
    /// When the connection was made.
    package let begun: MonotonicTime
    /// When the peer was last heard.
    package private(set) var heard: MonotonicTime
    /// Streams that there were, the open ones included.
    package private(set) var streams = 0
    /// Bytes of frames that came.
    package private(set) var bytesReceived = 0
    /// Bytes of frames that were made for the peer.
    package private(set) var bytesSent = 0

    init(begun: MonotonicTime) {
        self.begun = begun
        heard = begun
    }

    mutating func received(_ bytes: Int, at time: MonotonicTime) {
        bytesReceived += bytes
        heard = time
    }

    mutating func sent(_ bytes: Int) { bytesSent += bytes }

    mutating func opened() { streams += 1 }
}
