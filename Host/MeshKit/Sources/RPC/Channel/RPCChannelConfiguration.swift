package import HTTP

/// The limits of a channel.
public struct RPCChannelConfiguration: Sendable {
    /// Bytes of one incoming message.
    public var maximumMessage = 4 << 20
    /// Whether messages are compressed: `.none` neither offers it nor asks for it, but for calls whose context does;
    /// `.automatic` takes compressed answers; `.gzip` compresses requests too, where it is worth while.
    public var compression = MessageCompression.none
    /// How often a name is looked up again, ±10 %.
    public var resolutionPeriod = Duration.seconds(10)
    /// How long one attempt to connect may take, HTTP/2's SETTINGS included.
    public var connectTimeout = Duration.seconds(5)
    /// Mutual TLS; nil for none.
    public var tls: RPCChannelTLS?
    package var http2: HTTP2Settings = {
        var settings = HTTP2Settings()
        settings.idleTimeout = nil
        return settings
    }()

    /// The defaults.
    public init() {}
}
