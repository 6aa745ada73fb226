/// Who logged in at an issuer, as its ID token says. The account's key is issuer and subject, never the address.
struct OIDCLogin: Sendable, Hashable {
    /// The issuer as it is configured.
    var issuer: String
    /// The issuer's name for the person, 1 to 255 characters of ASCII, case-sensitive.
    var subject: String
    /// As the issuer has it, not normalised; at most 254 bytes.
    var email: String
    /// Always true: a login whose address is not verified by the issuer is refused.
    var emailVerified: Bool
    /// Without control characters, at most 100 characters; empty if the issuer says none.
    var givenName: String
    /// Like `givenName`.
    var familyName: String
    /// "en" or "es".
    var language: String
    /// What `begin` was given.
    var next: String
}
