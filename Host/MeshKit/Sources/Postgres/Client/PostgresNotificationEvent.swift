/// What a listener hears.
public enum PostgresNotificationEvent: Hashable, Sendable {
    /// A message has come.
    case notification(PostgresNotification)
    /// Messages may have been lost before this: the connection had to be made again, or the reader was too slow. Look
    /// at what the messages are about, and go on.
    case interrupted
}
