/// A message of NOTIFY.
public struct PostgresNotification: Hashable, Sendable {
    /// The channel.
    public let channel: String
    /// What the sender added; may be empty.
    public let payload: String
    /// The process number of the sending session.
    public let process: Int
}
