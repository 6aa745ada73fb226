/// A mail as it is put on the wire (RFC 5322, RFC 2045): header and body, ASCII but for the local parts of international
/// addresses, lines of at most 998 bytes that end with CR LF. The same mail has the same bytes in every attempt.
public struct MIMEMessage: Sendable, Hashable {
    /// The message.
    public let bytes: [UInt8]

    /// Renders a mail.
    public init(_ message: MailMessage) {
        var fields: [(String, String)] = [
            ("Date", MailDate.text(message.date)),
            ("From", HeaderText.mailbox(message.from, after: "From")),
            ("To", HeaderText.mailbox(message.to, after: "To")),
            ("Subject", HeaderText.unstructured(message.subject, after: "Subject")),
            ("Message-ID", message.messageID),
            ("MIME-Version", "1.0"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Entity-Ref-ID", message.id),
            ("Content-Language", message.language),
        ]
        let text = Self.part("text/plain", message.text)
        var body: [UInt8] = []
        if message.html.isEmpty {
            fields += text.fields
            body = text.body
        } else {
            // An encoded body has no "=_" in it, so that the boundary cannot be there (RFC 2045 §6.7).
            let boundary = "=_\(message.id)"
            fields.append(("Content-Type", "multipart/alternative;\r\n boundary=\"\(boundary)\""))
            for part in [text, Self.part("text/html", message.html)] {
                body += "--\(boundary)\r\n".utf8
                body += Self.header(part.fields)
                body += part.body
                // The end of line before a boundary is the boundary's (RFC 2046 §5.1.1).
                body += "\r\n".utf8
            }
            body += "--\(boundary)--\r\n".utf8
        }
        bytes = Self.header(fields) + body
    }

    private static func part(_ type: String, _ text: String) -> (fields: [(String, String)], body: [UInt8]) {
        let fields = [
            ("Content-Type", "\(type); charset=utf-8"),
            ("Content-Transfer-Encoding", "quoted-printable"),
        ]
        return (fields, QuotedPrintable.encode(MailText.body(text)))
    }

    private static func header(_ fields: [(String, String)]) -> [UInt8] {
        Array((fields.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n").utf8)
    }
}
