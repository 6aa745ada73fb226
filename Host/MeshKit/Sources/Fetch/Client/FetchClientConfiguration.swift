/// The limits and habits of a `FetchClient`. Numbers of connections are for each event loop.
public struct FetchClientConfiguration: Sendable {
    /// The versions of HTTP that are spoken.
    public enum Versions: Sendable, Hashable {
        /// HTTP/2 where TLS negotiates it, else HTTP/1.1.
        case automatic
        /// HTTP/1.1 only.
        case http1
        /// HTTP/2 at once, also without TLS (RFC 9113 §3.3).
        case http2PriorKnowledge

        /// Whether a connection may turn out to carry several requests at once.
        func mayShare(isSecure: Bool) -> Bool {
            switch self {
            case .automatic: isSecure
            case .http1: false
            case .http2PriorKnowledge: true
            }
        }
    }

    /// What metrics call the client.
    public var name = "lonja"

    // MARK: Connections

    /// Connections to one host.
    public var connectionsPerHost = 16
    /// Connections in all.
    public var connections = 256
    /// Requests that one HTTP/2 connection carries at once.
    public var streamsPerConnection = 100
    /// Requests that may wait for a connection; more fail with `overloaded`.
    public var maximumWaiting = 4096
    /// A connection that was idle for longer is not used again.
    public var idleAge: Duration = .seconds(60)
    /// The versions of HTTP.
    public var versions = Versions.automatic

    // MARK: Time

    /// Name look-up, connection and TLS together.
    public var connectTimeout: Duration = .seconds(10)
    /// From the request's going out, or the last of its content, to the first byte of the answer.
    public var firstByteTimeout: Duration = .seconds(30)
    /// Between bytes of the answer; a reader that takes its time is not counted.
    public var stallTimeout: Duration = .seconds(30)

    // MARK: Content

    /// Bytes of a collected body, after decoding.
    public var maximumBodyBytes = 8 << 20
    /// Whether gzip and deflate are asked for and decoded.
    public var decodesContent = true
    /// The `user-agent`.
    public var userAgent = "lonja"

    // MARK: What is followed, and where to

    /// Redirects; none unless asked for.
    public var redirects = RedirectPolicy.none
    /// Retries.
    public var retry = RetryPolicy()
    /// Addresses that may be connected to: `.publicOnly()` for URLs that come from outside.
    public var addresses = AddressPolicy.any
    /// A proxy's URL; the environment's is never used. Not together with `.publicOnly`, as the proxy would connect.
    public var proxy: String?
    /// A file of certificate authorities in PEM; nil for the system's.
    public var certificateAuthorities: String?

    /// The defaults.
    public init() {}
}
