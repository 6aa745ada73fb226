/// Why a request or a mail did not get its answer.
public struct FetchError: Error, Sendable {
    /// What kind of failure it is.
    public let code: Code
    /// A sentence with the host and the reason; never a query, a body or a credential.
    public let message: String
    /// What the mail server said, if it was the one that failed it.
    public let reply: SMTPReply?
    /// What became of each recipient, as far as the server said.
    public let recipients: [SMTPRecipient]

    /// An error with its sentence, and for mail the server's answers.
    public init(_ code: Code, _ message: String, reply: SMTPReply? = nil, recipients: [SMTPRecipient] = []) {
        self.code = code
        self.message = message
        self.reply = reply
        self.recipients = recipients
    }
}

extension FetchError: CustomStringConvertible {
    /// "certificateExpired: mail.example: the certificate has expired".
    public var description: String { "\(code): \(message)" }
}
