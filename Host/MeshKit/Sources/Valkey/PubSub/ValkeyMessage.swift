/// A message of a channel.
public struct ValkeyMessage: Hashable, Sendable {
    /// The channel it was sent to; bytes that are not UTF-8 are shown as `U+FFFD`.
    public var channel: String
    /// The pattern of the subscription that it came by; nil for one by the channel's name.
    public var pattern: String?
    /// What was sent.
    public var payload: [UInt8]
}

/// What a subscription hears.
public enum ValkeySubscriptionEvent: Hashable, Sendable {
    /// A message has come.
    case message(ValkeyMessage)
    /// The connection was lost and is there again: messages sent in between did not come, and never will.
    case resumed
}
