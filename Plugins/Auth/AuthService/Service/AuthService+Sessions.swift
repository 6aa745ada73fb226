import Contracts
import Logging
import Observe
import RPC
import SwiftProtobuf
import Valkey

/// A client's own sessions.
extension AuthService {
    func listSessions(
        _ request: AuthListSessionsRequest,
        _ context: CallContext
    ) async throws -> AuthListSessionsResponse {
        let caller = try caller(context)
        let changes = store.connectionChanges
        let account = try await account(of: caller.user, context)
        guard let account else { throw RPCError.noSession }
        try remember(account, since: changes)
        var response = AuthListSessionsResponse()
        for stored in try await sessions.list(caller.user, by: context.deadline)
        where stored.record.epoch >= account.epoch {
            var item = AuthSessionSummary()
            item.id = stored.id.text
            item.userAgent = stored.record.agent
            item.createdAt = Google_Protobuf_Timestamp(stored.record.created)
            item.lastSeenAt = Google_Protobuf_Timestamp(stored.record.lastSeen)
            item.current = stored.id == caller.session
            item.device = DeviceName.text(stored.record.agent)
            item.address = stored.record.address
            item.expiresAt = Google_Protobuf_Timestamp(stored.record.end(sessions.policy))
            response.items.append(item)
        }
        return response
    }

    func revokeSession(
        _ request: AuthRevokeSessionRequest,
        _ context: CallContext
    ) async throws -> AuthRevokeSessionResponse {
        let caller = try caller(context)
        // Another user's is looked for among one's own, where it is not.
        guard let id = Identifier(request.id), try await revoke(.only(id), of: caller.user, context) > 0 else {
            throw RPCError(.notFound, "there is no such session", reason: "no-session")
        }
        return AuthRevokeSessionResponse()
    }

    func revokeOtherSessions(
        _ request: AuthRevokeOtherSessionsRequest,
        _ context: CallContext
    ) async throws -> AuthRevokeOtherSessionsResponse {
        let caller = try caller(context)
        // Whoever has an old session of somebody's could shut out its owner.
        try requireRecentProof(context)
        _ = try await revoke(request.current ? .all : .allBut(caller.session), of: caller.user, context)
        return AuthRevokeOtherSessionsResponse()
    }

    /// Ends sessions at once, and raises the account's epoch, of which those that stay are from then on: so a store
    /// that loses its last writes cannot bring back what was ended.
    private func revoke(
        _ selection: SessionStore.Selection,
        of user: Identifier,
        _ context: CallContext
    ) async throws -> Int {
        let ended = try await sessions.end(selection, of: user, by: context.deadline)
        guard ended > 0 else { return 0 }
        do {
            try await seenThrough(context) { context in
                let changes = store.connectionChanges
                guard let account = try await account(of: user, context) else { return }
                // Before the account's is raised, so that no request meets a session that is behind.
                try await sessions.end(.none, of: user, epoch: .coming(account.epoch + 1), by: context.deadline)
                let raised = try await profile.raiseEpoch(.with { $0.userID = user.text }, context)
                try await sessions.end(.none, of: user, epoch: .settled(raised.epoch), by: context.deadline)
                try remember(raised, since: changes)
            }
        } catch {
            // They have ended; it is the memory of it outside of the store that is missing.
            context.logger.error(
                "sessions ended, but the epoch was not raised",
                metadata: ["error": "\(RPCError(mapping: error).code)"]
            )
        }
        return ended
    }

    /// Ends all that lets anybody in as this user, after the account's epoch was raised.
    func endEverything(
        of account: ProfileAccount,
        codes purposes: [CodePurpose] = CodePurpose.allCases,
        _ context: CallContext
    ) async throws {
        let user = try identifier(account.userID)
        let changes = store.connectionChanges
        try await sessions.end(.all, of: user, epoch: .settled(account.epoch), by: context.deadline)
        try remember(account, since: changes)
        try await codes.end(purposes, of: user, by: context.deadline)
        try await devices.forgetAll(of: user, by: context.deadline)
    }

    func forgetClient(
        _ request: AuthForgetClientRequest,
        _ context: CallContext
    ) async throws -> AuthForgetClientResponse {
        guard let user = Identifier(request.userID) else {
            throw RPCError.field("userId", "invalid", "must be a UUID")
        }
        try await seenThrough(context) { context in
            // No account has such an epoch: no login that is under way opens a session any more.
            try await sessions.end(.all, of: user, epoch: .settled(1 << 52), by: context.deadline)
            epochs.forget(user)
            try await codes.end(of: user, by: context.deadline)
            try await devices.forgetAll(of: user, by: context.deadline)
        }
        return AuthForgetClientResponse()
    }
}
