import Digest

/// What a session cookie holds: which session (16 bytes of the user's id, 16 of the session's), then a secret of 32
/// random bytes; 86 characters of base64url.
///
/// The ids make the session's key in the store, which so has the user's hash tag: everything of a user lies in one
/// slot, and one GET verifies. They are no secrets, the client is told them anyway. Of the secret the store has the
/// SHA-256.
struct SessionToken: Sendable {
    let user: Identifier
    let session: Identifier
    let secret: [UInt8]

    init(user: Identifier, session: Identifier, secret: [UInt8] = .random(32)) {
        self.user = user
        self.session = session
        self.secret = secret
    }

    /// Reads a cookie's value; nil for what is none.
    init?(_ text: String) {
        guard let bytes = Base64URL.decode(text, count: 64) else { return nil }
        user = Identifier(bytes: bytes[0..<16])
        session = Identifier(bytes: bytes[16..<32])
        secret = Array(bytes[32...])
    }

    /// The cookie's value.
    var text: String { Base64URL.encode(user.bytes + session.bytes + secret) }

    /// What the store has of the secret.
    var hash: [UInt8] { SHA256.hash(secret) }

    /// The token after this one. Whoever shows this one while it is still good is told the same next one, so that
    /// requests that run side by side, and those whose answer got lost, all end with the same cookie.
    func next(pepper: [UInt8]) -> SessionToken {
        let message = Array("session-rotation".utf8) + session.bytes + secret
        return SessionToken(user: user, session: session, secret: HMACSHA256.code(message, key: pepper))
    }
}
