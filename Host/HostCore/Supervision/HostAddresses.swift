public import Reactor

/// Where a running host listens.
public struct HostAddresses: Sendable {
    /// Names of the plugins it runs.
    public let plugins: [String]
    /// gRPC.
    public let rpc: SocketAddress
    /// Public HTTP; nil if no plugin of this process has routes.
    public let http: SocketAddress?
    /// Health, metrics and the list of plugins.
    public let admin: SocketAddress
}
