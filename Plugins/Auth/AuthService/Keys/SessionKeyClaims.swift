import Observe

/// What a session key says.
struct SessionKeyClaims: Sendable, Hashable {
    /// The session it stands for.
    let sessionID: String
    /// Whose session it is.
    let userID: String
    /// When the client last proved who it is; whole seconds.
    let authenticatedAt: WallTime
    /// When it ends; whole seconds.
    let expiresAt: WallTime
    /// What may be done with it.
    let scopes: Set<SessionScope>

    /// All of them.
    init(
        sessionID: String,
        userID: String,
        authenticatedAt: WallTime,
        expiresAt: WallTime,
        scopes: Set<SessionScope>
    ) {
        self.sessionID = sessionID
        self.userID = userID
        self.authenticatedAt = authenticatedAt
        self.expiresAt = expiresAt
        self.scopes = scopes
    }
}
