public import Observe

/// One mail to one recipient, as the outbox hands it to a ``Mailer``. Everything in it is clean by construction.
public struct MailMessage: Sendable, Hashable {
    /// The most bytes of `text` and of `html`.
    public static let maximumBody = 1 << 20

    /// The outbox's id of the mail: a UUID in lower case. The same in every attempt.
    public let id: String
    /// The Message-ID with its angle brackets: `<id@domain>`. The same in every attempt, through every driver.
    public let messageID: String
    /// Which attempt this is, from 1.
    public let attempt: Int
    /// Who it is from.
    public let from: MailAddress
    /// Who it is for.
    public let to: MailAddress
    /// The subject: one line.
    public let subject: String
    /// The text for readers without HTML.
    public let text: String
    /// The text in HTML; empty for none.
    public let html: String
    /// What kind of mail it is, for statistics: `verify-email`.
    public let category: String
    /// The language of the texts: `es`.
    public let language: String
    /// When the outbox accepted it. The same in every attempt.
    public let date: WallTime

    /// A mail.
    /// - Parameters:
    ///   - id: letters, digits and hyphens, at most 64.
    ///   - messageID: nil for `<id@domain of from>`.
    ///   - subject: cleaned, and cut after 200 characters.
    ///   - category: letters, digits and hyphens, at most 64.
    /// - Throws: ``MailFormatError``.
    public init(
        id: String,
        messageID: String? = nil,
        attempt: Int = 1,
        from: MailAddress,
        to: MailAddress,
        subject: String,
        text: String,
        html: String = "",
        category: String,
        language: String,
        date: WallTime
    ) throws(MailFormatError) {
        guard Self.isToken(id), Self.isToken(category), Self.isToken(language) else {
            throw MailFormatError(.content, "the id, category and language of a mail are letters, digits and hyphens")
        }
        let messageID = messageID ?? "<\(id)@\(from.domain)>"
        guard Self.isMessageID(messageID) else {
            throw MailFormatError(.messageID, "the message id of a mail is <word@domain>, at most 250 bytes")
        }
        guard !text.isEmpty, text.utf8.count <= Self.maximumBody, html.utf8.count <= Self.maximumBody else {
            throw MailFormatError(.content, "a mail has a text, of at most \(Self.maximumBody) bytes")
        }
        precondition(attempt > 0, "attempts are counted from 1")
        self.id = id
        self.messageID = messageID
        self.attempt = attempt
        self.from = from
        self.to = to
        self.subject = MailText.line(subject, limit: 200)
        self.text = text
        self.html = html
        self.category = category
        self.language = language
        self.date = date
    }

    private static func isToken(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
    }

    /// RFC 5322 §3.6.4, without its obsolete and quoted forms.
    private static func isMessageID(_ text: String) -> Bool {
        guard text.utf8.count <= 250, text.hasPrefix("<"), text.hasSuffix(">") else { return false }
        let halves = text.dropFirst().dropLast().split(separator: "@", omittingEmptySubsequences: false)
        return halves.count == 2
            && halves.allSatisfy { half in
                half.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                    .allSatisfy { !$0.isEmpty && $0.allSatisfy(MailText.isAtomText) }
            }
    }
}
