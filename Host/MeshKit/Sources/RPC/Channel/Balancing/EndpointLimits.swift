/// How much a channel gives to one endpoint, on each loop.
public struct EndpointLimits: Sendable, Equatable {
    /// Calls in flight, over all connections.
    public var calls: Int
    /// Connections (gRFC A105): another one is made when the streams of those that there are do not suffice.
    public var connections: Int

    /// Limits.
    public init(calls: Int = 5000, connections: Int = 10) {
        self.calls = calls
        self.connections = connections
    }
}
