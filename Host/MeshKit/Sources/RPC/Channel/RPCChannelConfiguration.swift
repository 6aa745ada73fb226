package import HTTP
internal import Reactor

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
    /// Calls in flight to the whole target, those that wait for a connection included: more are refused at once. Each loop
    /// may use its part of it without asking the others, so that up to twice as many can be in flight.
    public var maximumCalls = 10_000
    /// How much an endpoint takes.
    public var limits = EndpointLimits()
    /// How long a connection beside the first may be without a call.
    public var idleConnections = Duration.seconds(30)
    /// When endpoints are ejected.
    public var outliers = OutlierRules()
    /// How often calls are made again.
    public var retries = RetryRules()
    /// Whether calls of methods that ask for it are made again while they are late.
    public var isHedging = true
    /// Counts and times the attempts it makes; nil for nobody.
    public var metrics: ClientCallMetrics?
    package var http2: HTTP2Settings = {
        var settings = HTTP2Settings()
        settings.idleTimeout = nil
        settings.keepAlive = .client()
        return settings
    }()
    /// Finds the addresses of a name; blocks.
    var resolve: @Sendable (_ host: String, _ port: UInt16) throws -> [SocketAddress] = { host, port in
        try Resolver.resolve(host: host, port: port)
    }

    /// The defaults.
    public init() {}
}
