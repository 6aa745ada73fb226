import Contracts
import Digest
import Observe
import RPC
import Reactor
import SwiftProtobuf
import Valkey

/// Sessions verified: for every request of the gateway.
extension AuthService {
    func verifySession(
        _ request: AuthVerifySessionRequest,
        _ context: CallContext
    ) async throws -> AuthVerifySessionResponse {
        // A session key has dots, a cookie has none.
        if request.token.utf8.contains(UInt8(ascii: ".")) { return try await verifyKey(request.token, context) }
        guard let token = SessionToken(request.token) else { throw RPCError.noSession }
        let hash = token.hash
        // Again where another request has written the record meanwhile, which that does once a minute.
        for _ in 0..<4 {
            let found = try await sessions.find(token.user, token.session, among: changes, by: context.deadline)
            guard let (stored, position) = found,
                case .live(let upkeep) = stored.record.verdict(on: hash, policy: sessions.policy, now: now())
            else { throw RPCError.noSession }
            try await checkEpoch(stored, context)
            switch upkeep {
            case .none:
                return answer(stored, stored.record).kept(stored.record.calm(sessions.policy, now()), from: position)
            case .touch:
                let seen = stored.record.seen(from: context.clientAddress, at: now())
                guard try await sessions.replace(stored, with: seen, isSeen: true, by: context.deadline) else {
                    continue
                }
                return answer(stored, seen).kept(seen.calm(sessions.policy, now()), from: position)
            case .rotate:
                let next = token.next(pepper: try await pepper.bytes(by: context.deadline))
                let rotated = stored.record.seen(from: context.clientAddress, at: now())
                    .rotated(to: next.hash, policy: sessions.policy, at: now())
                guard try await sessions.replace(stored, with: rotated, by: context.deadline) else { continue }
                return answer(stored, rotated, next)
            case .tellAgain:
                let next = token.next(pepper: try await pepper.bytes(by: context.deadline))
                let isNext = next.hash.isSameSecret(as: stored.record.tokenHash)
                return answer(stored, stored.record, isNext ? next : nil)
            }
        }
        throw RPCError(.unavailable, "the session is being changed")
    }

    /// A session key is as good as its session.
    private func verifyKey(_ token: String, _ context: CallContext) async throws -> AuthVerifySessionResponse {
        let claims = try await keys.verify(token)
        guard let user = Identifier(claims.userID), let id = Identifier(claims.sessionID),
            let (stored, position) = try await sessions.find(user, id, among: changes, by: context.deadline)
        else { throw RPCError.noSession }
        try await checkEpoch(stored, context)
        var record = stored.record
        if record.isTouchDue(sessions.policy, now()) {
            // Whoever was faster has written the same.
            record = record.seen(from: context.clientAddress, at: now())
            _ = try await sessions.replace(stored, with: record, isSeen: true, by: context.deadline)
        }
        var response = answer(stored, stored.record)
            .kept(min(record.calm(sessions.policy, now()), now().duration(to: claims.expiresAt)), from: position)
        // Of use to browsers alone.
        response.session.csrfToken = ""
        response.scopes = SessionScope.names(claims.scopes)
        return response
    }

    func listSessionChanges(
        _ request: AuthListSessionChangesRequest,
        _ context: CallContext
    ) async throws -> AuthListSessionChangesResponse {
        let answer = try await changes.since(Int(request.since), by: context.deadline)
        var response = AuthListSessionChangesResponse()
        response.position = Int64(answer.position)
        response.userIds = answer.users
        response.incomplete = answer.isIncomplete
        return response
    }

    /// Refuses a session from before the account's present epoch: one that a store which lost its last writes has
    /// brought back. Asks profile where this process does not know, and fails if that does not answer.
    func checkEpoch(_ stored: SessionStore.Stored, _ context: CallContext) async throws {
        // Read after the record came: if that was from another server, nothing is known.
        let changes = store.connectionChanges
        if let epoch = epochs.epoch(of: stored.user, connectionChanges: changes, now: .now()) {
            guard stored.record.epoch >= epoch else { throw RPCError.noSession }
            return
        }
        let account: ProfileAccount?
        do {
            account = try await self.account(of: stored.user, context)
        } catch {
            let code = RPCError(mapping: error).code
            guard code != .cancelled, code != .deadlineExceeded else { throw error }
            throw RPCError(.unavailable, "whether the session still counts cannot be known at the moment")
        }
        guard let account else { throw RPCError.noSession }
        try remember(account, since: changes)
        guard stored.record.epoch >= account.epoch else { throw RPCError.noSession }
    }

    private func answer(
        _ stored: SessionStore.Stored,
        _ record: SessionRecord,
        _ next: SessionToken? = nil
    ) -> AuthVerifySessionResponse {
        var response = AuthVerifySessionResponse()
        response.session = AuthSession(stored.id, stored.user, record)
        if let next { response.newToken = next.text }
        response.scopes = SessionScope.names(SessionScope.all)
        return response
    }
}

extension AuthVerifySessionResponse {
    /// The same, which may be kept for so long, as far as the list of changes says nothing else from `position` on.
    fileprivate func kept(_ duration: Duration, from position: Int) -> AuthVerifySessionResponse {
        guard duration > .zero, position > 0 else { return self }
        var copy = self
        copy.holdsMilliseconds = Int64(duration.milliseconds)
        copy.position = Int64(position)
        return copy
    }
}

extension AuthSession {
    init(_ id: Identifier, _ user: Identifier, _ record: SessionRecord) {
        self.init()
        self.id = id.text
        userID = user.text
        csrfToken = Base64URL.encode(record.csrf)
        createdAt = Google_Protobuf_Timestamp(record.created)
        lastSeenAt = Google_Protobuf_Timestamp(record.lastSeen)
        expiresAt = Google_Protobuf_Timestamp(record.expires)
        emailVerified = record.isEmailVerified
        authenticatedAt = Google_Protobuf_Timestamp(record.authenticated)
        remembered = record.isRemembered
    }
}
