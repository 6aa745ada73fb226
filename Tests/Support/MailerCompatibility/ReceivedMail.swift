/// A mail as it arrived at the other end, read by somebody else's parser.
public struct ReceivedMail: Sendable, Decodable, Hashable {
    /// Everybody it was delivered to.
    public let recipients: [String]
    /// The name beside the sender's address.
    public let fromName: String
    /// The name beside the recipient's address.
    public let toName: String
    /// The message id with its angle brackets.
    public let messageID: String
    /// The outbox id.
    public let outboxID: String
    /// The subject, decoded.
    public let subject: String
    /// The text, decoded, lines ended by LF.
    public let text: String
    /// The HTML, decoded, lines ended by LF; empty for none.
    public let html: String
    /// Names of its header fields, sorted; those of a provider's own API where there is no header.
    public let headers: [String]
    /// What the parser did not like.
    public let problems: [String]
    /// Bytes of its longest line; 0 where there are no lines.
    public let longestLine: Int
}
