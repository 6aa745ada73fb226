import Contracts
import RPC
import SwiftProtobuf

/// Session keys: short-lived JSON Web Tokens that stand for a session.
extension AuthService {
    func issueSessionKey(
        _ request: AuthIssueSessionKeyRequest,
        _ context: CallContext
    ) async throws -> AuthSessionKey {
        let scopes = try Self.scopes(request, context)
        let caller = try caller(context)
        guard let stored = try await sessions.find(caller.user, caller.session, by: context.deadline) else {
            throw RPCError.noSession
        }
        try await checkEpoch(stored, context)
        let signed = try await keys.sign(
            sessionID: caller.session.text,
            userID: caller.user.text,
            authenticatedAt: stored.record.authenticated,
            scopes: scopes
        )
        var key = AuthSessionKey()
        key.token = signed.token
        // Not after the session's own end.
        key.expiresAt = Google_Protobuf_Timestamp(min(signed.expiresAt, stored.record.expires))
        key.scopes = SessionScope.names(scopes)
        return key
    }

    /// What is asked for, or all that the caller may do: a key gives no key that can do more than it can itself.
    private static func scopes(
        _ request: AuthIssueSessionKeyRequest,
        _ context: CallContext
    ) throws -> Set<SessionScope> {
        let own = context.scopes.map { Set($0.compactMap(SessionScope.init)) } ?? SessionScope.all
        let asked = request.scopes.map(SessionScope.init)
        guard asked.allSatisfy({ $0 != nil }) else {
            throw RPCError.field("scopes", "invalid", "each must be read, trade or account")
        }
        let scopes = asked.isEmpty ? own : Set(asked.compactMap(\.self))
        guard scopes.isSubset(of: own), !scopes.isEmpty else {
            throw RPCError(
                .permissionDenied,
                "a session key gives no scope that it does not have",
                reason: "insufficient-scope"
            )
        }
        return scopes
    }

    func getKeys(_ request: AuthGetKeysRequest, _ context: CallContext) async throws -> AuthGetKeysResponse {
        var response = AuthGetKeysResponse()
        response.jwks = try await keys.jwks()
        return response
    }
}
