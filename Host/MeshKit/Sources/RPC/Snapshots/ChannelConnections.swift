/// What connections a channel had at a moment.
public struct ChannelConnections: Sendable {
    /// Where it leads.
    public let target: RPCTarget
    /// How many connections there are.
    public let count: Int
    /// Some of them, the oldest first.
    public let connections: [ConnectionSnapshot]
    /// Why an endpoint could last not be reached; nil when all is well.
    public let lastFailure: String?
}
