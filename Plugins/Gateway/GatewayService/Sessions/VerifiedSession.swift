import Contracts
import RPC

/// Whose request it is, as auth says; the filter gives it to the routes it lets through.
struct VerifiedSession: Sendable {
    let session: AuthSession
    /// What was shown; the new token where there is one.
    let token: String
    /// What a session key may do; nil for a cookie, which may do everything.
    let scopes: [String]?
}

extension RESTRequest {
    /// The session. Closed routes always have one.
    func session() throws -> VerifiedSession {
        guard let session = attachment as? VerifiedSession else {
            throw RPCError(.internalError, "the route is open, so nobody has verified a session")
        }
        return session
    }
}
