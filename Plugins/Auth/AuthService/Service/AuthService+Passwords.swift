import Contracts
import Observe
import RPC
import SwiftProtobuf
import Valkey

/// Passwords set anew.
extension AuthService {
    /// So long after a login may be done what else asks for a password that the account does not have.
    static let stepUp = Duration.seconds(600)

    func requestPasswordReset(
        _ request: AuthRequestPasswordResetRequest,
        _ context: CallContext
    ) async throws -> AuthRequestPasswordResetResponse {
        let address = try checkedAddress(request.email)
        try await withMailAllowance(.resetPassword, to: address, context) { context in
            if let account = try await account(of: address, context) {
                let subject = CodeSubject(user: try identifier(account.userID), address: address)
                let issued = try await codes.issue(.resetPassword, subject, by: context.deadline)
                let mail = NotificationResetPassword.with { $0.proof = NotificationProof(issued) }
                try await mails.send(.resetPassword(mail), to: try recipient(account), context)
            } else {
                try await issueDecoy(address, context)
                try await mails.send(.noAccount(.init()), to: .init(unknown: address), context)
            }
        }
        return AuthRequestPasswordResetResponse()
    }

    func confirmPasswordReset(
        _ request: AuthConfirmPasswordResetRequest,
        _ context: CallContext
    ) async throws -> AuthConfirmPasswordResetResponse {
        // Before the code is taken: who chose a bad password tries again with the same code.
        try passwords.check(request.newPassword, field: "newPassword", context: [request.email])
        let taken = try await take(
            token: request.token,
            code: request.code,
            email: request.email,
            [.resetPassword],
            context
        )
        try await using(taken, context) { context in
            let user = taken.subject.user
            guard let account = try await account(of: user, context),
                EmailAddress(account.email)?.folded == taken.subject.address.folded
            else { throw RPCError.invalidCode }
            try passwords.check(
                request.newPassword,
                field: "newPassword",
                context: [account.email, account.givenName]
            )
            var set = ProfileSetPasswordRequest()
            set.userID = user.text
            set.password = request.newPassword
            // The code came by mail.
            set.emailVerified = true
            let changed = try await profile.setPassword(set, context)
            try await endEverything(of: changed, codes: CodePurpose.replaceable, context)
            try await limiter.succeeded(
                "login:\(try await place(taken.subject.address, context))",
                by: context.deadline
            )
            await mails.notify(.passwordChanged(.init()), to: try recipient(changed), context)
        }
        return AuthConfirmPasswordResetResponse()
    }

    /// What a session that was taken from its owner must not do.
    /// - Throws: FAILED_PRECONDITION ("reauthentication-required") unless its client has proved who they are a short
    ///   time ago.
    func requireRecentProof(_ context: CallContext) throws(RPCError) {
        let isRecent = context.authenticatedAt.map { $0.duration(to: now()) < Self.stepUp } ?? false
        guard isRecent else {
            throw RPCError(.failedPrecondition, "log in again first", reason: "reauthentication-required")
        }
    }

    func changePassword(
        _ request: AuthChangePasswordRequest,
        _ context: CallContext
    ) async throws -> AuthChangePasswordResponse {
        let caller = try caller(context)
        try passwords.check(request.new, field: "new", context: [])
        guard let before = try await account(of: caller.user, context) else { throw RPCError.noSession }
        if before.hasPassword_p {
            // One's own failures alone count here, and those of a login elsewhere do not.
            guard case .counted = try await counted(.passwords(from: ClientNetwork(context.clientAddress)), context)
            else {
                preconditionFailure("what is not counted is refused")
            }
            try await prove(caller.user, request.current, context)
        } else {
            try requireRecentProof(context)
        }
        try passwords.check(request.new, field: "new", context: [before.email, before.givenName])
        try await seenThrough(context) { context in
            // So that this session is at no moment behind its account.
            try await renew(caller, epoch: before.epoch + 1, proof: before.hasPassword_p ? now() : nil, context)
            var set = ProfileSetPasswordRequest()
            set.userID = caller.user.text
            set.password = request.new
            let changes = store.connectionChanges
            let changed = try await profile.setPassword(set, context)
            try await sessions.end(
                .allBut(caller.session),
                of: caller.user,
                epoch: .settled(changed.epoch),
                by: context.deadline
            )
            try remember(changed, since: changes)
            // What was mailed before, and who was let off the limits before, counts no more.
            try await codes.end(CodePurpose.replaceable, of: caller.user, by: context.deadline)
            try await devices.forgetAll(of: caller.user, by: context.deadline)
            await mails.notify(.passwordChanged(.init()), to: try recipient(changed), context)
        }
        return AuthChangePasswordResponse()
    }

    /// Whether the client knows its password.
    private func prove(_ user: Identifier, _ password: String, _ context: CallContext) async throws {
        let what = "user:\(user.text)"
        if let wait = try await limiter.tryBegins(what, by: context.deadline) { throw RPCError.tooManyAttempts(wait) }
        do {
            var verify = ProfileVerifyPasswordRequest()
            verify.userID = user.text
            verify.password = Self.bounded(password)
            _ = try await profile.verifyPassword(verify, context)
        } catch let error as RPCError where [.unauthenticated, .invalidArgument, .notFound].contains(error.code) {
            throw RPCError.wrongPassword
        } catch  where Self.isNobodysFault(error) {
            try await seenThrough(context) { try await limiter.takeBackTry(what, by: $0.deadline) }
            throw error
        }
        try await limiter.succeeded(what, by: context.deadline)
    }

    /// Readies a session for the account's next epoch; it gets another token at its next request.
    private func renew(
        _ caller: (user: Identifier, session: Identifier),
        epoch: Int64,
        proof: WallTime?,
        _ context: CallContext
    ) async throws {
        for _ in 0..<8 {
            guard let stored = try await sessions.find(caller.user, caller.session, by: context.deadline) else {
                throw RPCError.noSession
            }
            let renewed = stored.record.renewed(epoch: epoch, proof: proof)
            if try await sessions.replace(stored, with: renewed, by: context.deadline) { return }
        }
        throw RPCError(.unavailable, "the session is being changed")
    }

    func requestEmailChange(
        _ request: AuthRequestEmailChangeRequest,
        _ context: CallContext
    ) async throws -> AuthRequestEmailChangeResponse {
        guard let user = Identifier(request.userID) else {
            throw RPCError.field("userId", "invalid", "must be a UUID")
        }
        let address = try checkedAddress(request.newEmail, field: "newEmail")
        try await withMailAllowance(.changeEmail, to: address, isForClient: true, context) { context in
            // Of several addresses that were asked for, the last one counts.
            try await codes.end([.changeEmail], of: user, by: context.deadline)
            // Who has an account there is told; the client who asks is not.
            if let other = try await account(of: address, context), other.userID != user.text {
                try await issueDecoy(address, context)
                try await mails.send(.accountExists(.init()), to: try recipient(other), context)
            } else {
                let subject = CodeSubject(user: user, address: address)
                let issued = try await codes.issue(.changeEmail, subject, by: context.deadline)
                let mail = NotificationChangeEmail.with { $0.proof = NotificationProof(issued) }
                let recipient = MailSender.Recipient(address, name: request.name, language: request.language)
                try await mails.send(.changeEmail(mail), to: recipient, context)
            }
        }
        return AuthRequestEmailChangeResponse()
    }
}
