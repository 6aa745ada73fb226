/// Which of the limits on how often a client may call counts a route.
public enum RESTQuota: String, Sendable, CaseIterable {
    /// Reads.
    case read
    /// Changes something.
    case write
    /// Tries a password, a code or a link.
    case login
    /// Sends a mail.
    case mail
    /// Opens a stream of events.
    case stream
    /// No limit: whether the process lives.
    case none
}
