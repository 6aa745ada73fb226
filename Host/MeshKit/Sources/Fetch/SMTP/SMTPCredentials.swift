public import Observe

/// Who the client is to the mail server, and how it says so.
public struct SMTPCredentials: Sendable {
    /// The ways to say it.
    public enum Mechanism: String, Sendable, Hashable, CaseIterable {
        /// User and password in one go (RFC 4616).
        case plain = "PLAIN"
        /// User and password, one after the other; for servers that know nothing else.
        case login = "LOGIN"
        /// An OAuth 2 access token (Google's and Microsoft's SASL XOAUTH2).
        case xoauth2 = "XOAUTH2"
    }

    /// The user.
    public var user: String
    /// The password, or for XOAUTH2 the access token.
    public var secret: Secret
    /// The way; nil for PLAIN or LOGIN, whichever the server offers first in this order.
    public var mechanism: Mechanism?

    /// A user with a password or a token.
    public init(user: String, secret: Secret, mechanism: Mechanism? = nil) {
        self.user = user
        self.secret = secret
        self.mechanism = mechanism
    }
}
