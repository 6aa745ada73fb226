public import Observe

/// Something that a provider reports of a mail after it took it over.
public struct MailEvent: Sendable, Hashable {
    /// What happened.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The provider has the mail: what an attempt with an unknown outcome waits to hear.
        case processed
        /// The recipient's server has taken it.
        case delivered
        /// The recipient's server said to come back later; the provider does.
        case deferred
        /// The recipient does not exist, or refuses for good.
        case bounced
        /// The recipient's server refused this mail for now, and the provider has given up on it.
        case blocked
        /// The provider did not even try, because of what it knows of the address.
        case dropped
        /// The recipient calls it unwanted.
        case complained
    }

    /// The provider's id of the event: the same when it is reported again. 1 to 100 bytes.
    public let id: String
    /// The id of the mail, ``MailMessage/id``.
    public let mail: String
    /// What happened.
    public let kind: Kind
    /// When, by the provider's clock.
    public let time: WallTime
    /// Why, in one line that is safe to show; empty for no reason.
    public let reason: String

    /// An event. - Parameter id: 1 to 100 bytes.
    public init(id: String, mail: String, kind: Kind, time: WallTime, reason: String = "") {
        precondition((1...100).contains(id.utf8.count), "the id of an event has 1 to 100 bytes")
        self.id = id
        self.mail = mail
        self.kind = kind
        self.time = time
        self.reason = MailOutcome.line(reason)
    }
}
