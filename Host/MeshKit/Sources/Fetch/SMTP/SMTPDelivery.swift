/// A message that the server has taken over.
public struct SMTPDelivery: Sendable, Hashable {
    /// The answer to the message's end, often with the server's name for it.
    public let reply: SMTPReply
    /// Every recipient in order, with its answer; some are refused only where partial delivery was allowed.
    public let recipients: [SMTPRecipient]

    /// A delivery.
    public init(reply: SMTPReply, recipients: [SMTPRecipient]) {
        self.reply = reply
        self.recipients = recipients
    }
}
