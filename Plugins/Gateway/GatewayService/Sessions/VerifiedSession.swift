import Contracts
import RPC
import SwiftProtobuf

/// Whose request it is, as auth says; the filter gives it to the routes it lets through. A class: many requests of a
/// session share one.
final class VerifiedSession: Sendable {
    let session: AuthSession
    /// What was shown; the new token where there is one.
    let token: String
    /// What a session key may do; nil for a cookie, which may do everything.
    let scopes: [String]?
    /// What goes with the calls that are made for it.
    let metadata: Metadata

    /// - Throws: an error for what metadata cannot carry.
    init(session: AuthSession, token: String, scopes: [String]?) throws {
        self.session = session
        self.token = token
        self.scopes = scopes
        var metadata = Metadata()
        if let scopes { try metadata.append(CallContext.scopesMetadata, scopes.joined(separator: " ")) }
        try metadata.append(CallContext.clientMetadata, session.userID)
        try metadata.append(CallContext.sessionMetadata, session.id)
        if session.hasAuthenticatedAt {
            try metadata.append(CallContext.authenticatedMetadata, "\(session.authenticatedAt.seconds)")
        }
        self.metadata = metadata
    }
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
