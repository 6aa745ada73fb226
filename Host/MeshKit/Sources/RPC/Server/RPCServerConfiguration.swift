package import HTTP
public import TLS

/// The limits of a gRPC server.
public struct RPCServerConfiguration: Sendable {
    /// Bytes of one incoming message; a longer one ends its call with RESOURCE_EXHAUSTED. 4 MiB, as everywhere in gRPC.
    public var maximumMessage = 4 << 20
    /// Connections at once; more are closed as they come.
    public var maximumConnections = 10_000
    /// How connections come to loops.
    public var spread = Spread.handOut
    /// Mutual TLS, and nothing else is answered then; nil for none.
    public var tls: TLSSlot?
    /// Who may call what; without it everybody who gets a connection.
    public var policy: CallerPolicy?
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
