package import HTTP

/// The limits of a gRPC server.
public struct RPCServerConfiguration: Sendable {
    /// Bytes of one incoming message; a longer one ends its call with RESOURCE_EXHAUSTED. 4 MiB, as everywhere in gRPC.
    public var maximumMessage = 4 << 20
    /// Connections at once; more are closed as they come.
    public var maximumConnections = 10_000
    /// How connections come to loops.
    public var spread = Spread.handOut
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
