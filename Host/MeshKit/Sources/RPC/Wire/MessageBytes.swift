/// How long the messages of a call were together on the wire, compressed ones as they went, without their prefixes.
public struct MessageBytes: Sendable, Equatable {
    /// Of those that came.
    public var received: Int
    /// Of those that went out.
    public var sent: Int
}
