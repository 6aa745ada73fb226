import Contracts
import RPC
import SwiftProtobuf

/// Session keys: short-lived JSON Web Tokens that stand for a session.
extension AuthService {
    func issueSessionKey(
        _ request: AuthIssueSessionKeyRequest,
        _ context: CallContext
    ) async throws -> AuthSessionKey {
        let caller = try caller(context)
        guard let stored = try await sessions.find(caller.user, caller.session, by: context.deadline) else {
            throw RPCError.noSession
        }
        try await checkEpoch(stored, context)
        let signed = try await keys.sign(
            sessionID: caller.session.text,
            userID: caller.user.text,
            authenticatedAt: stored.record.authenticated
        )
        var key = AuthSessionKey()
        key.token = signed.token
        // Not after the session's own end.
        key.expiresAt = Google_Protobuf_Timestamp(min(signed.expiresAt, stored.record.expires))
        return key
    }

    func getKeys(_ request: AuthGetKeysRequest, _ context: CallContext) async throws -> AuthGetKeysResponse {
        var response = AuthGetKeysResponse()
        response.jwks = try await keys.jwks()
        return response
    }
}
