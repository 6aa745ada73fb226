/// One recipient, and what the server said about it.
public struct SMTPRecipient: Sendable, Hashable {
    /// The address.
    public let address: String
    /// The answer to its RCPT; nil when it came to none.
    public let reply: SMTPReply?

    /// A recipient with its answer.
    public init(address: String, reply: SMTPReply?) {
        self.address = address
        self.reply = reply
    }

    /// Whether the server takes mail for it.
    public var isAccepted: Bool { reply?.isPositive ?? false }
}
