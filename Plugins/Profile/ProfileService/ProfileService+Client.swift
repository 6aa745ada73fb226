import Contracts
import Logging
import Money
import Plugin
import Postgres
import RPC

extension ProfileService {
    func getProfile(_ request: ProfileGetProfileRequest, _ context: CallContext) async throws -> ProfilePerson {
        let id = try PostgresUUID(clientOf: context)
        let (account, balances) = try await accounts.getWithBalances(id, by: context.deadline)
        return ProfilePerson(account, balances: balances.map(ProfileBalance.init))
    }

    func updateProfile(
        _ request: ProfileUpdateProfileRequest,
        _ context: CallContext
    ) async throws -> ProfilePerson {
        let id = try PostgresUUID(clientOf: context)
        var change = AccountStore.Change()
        if request.hasGivenName {
            change.givenName = try PersonName.checked(request.givenName, field: "givenName")
        }
        if request.hasFamilyName {
            change.familyName = try PersonName.checked(request.familyName, field: "familyName")
        }
        if request.hasLanguage { change.language = try Language.check(request.language) }
        if request.hasVersion { change.version = request.version }
        return try await person(accounts.update(id, change, by: context.deadline), context)
    }

    func deleteProfile(
        _ request: ProfileDeleteProfileRequest,
        _ context: CallContext
    ) async throws -> ProfileDeleteProfileResponse {
        let id = try PostgresUUID(clientOf: context)
        try requireRecentAuthentication(context)
        try await accounts.remove(id, by: context.deadline)
        do {
            try await departures.finish(id, context.with(timeout: .seconds(5)))
        } catch {
            // The client is removed and noted; `run` goes on with the rest.
            logger.warning("a removed client's photo or sessions are still there", metadata: ["error": "\(error)"])
        }
        return ProfileDeleteProfileResponse()
    }

    func changeEmail(
        _ request: ProfileChangeEmailRequest,
        _ context: CallContext
    ) async throws -> ProfileChangeEmailResponse {
        let id = try PostgresUUID(clientOf: context)
        let email = try EmailAddress(checking: request.email)
        try passwords.checkRoom()
        guard let (account, hash) = try await accounts.findWithPassword(.id(id), by: context.deadline) else {
            throw RPCError.unknownClient
        }
        if hash == nil {
            try requireRecentAuthentication(context)
        } else {
            if let wait = attempts.admit(id) {
                throw RPCError(
                    .resourceExhausted,
                    "there were too many attempts",
                    reason: "too-many-attempts",
                    retryAfter: wait
                )
            }
            let verdict = try await passwords.check(request.password, against: hash, by: context.deadline)
            guard verdict != .wrong else {
                throw RPCError(.unauthenticated, "the password is wrong", reason: "wrong-password")
            }
        }
        // Whether somebody has the address is not looked at: the mail goes to its owner, and confirming tells.
        var change = AuthRequestEmailChangeRequest()
        change.userID = id.description
        change.newEmail = email.text
        change.name = account.givenName
        change.language = account.language
        _ = try await auth.requestEmailChange(change, forwarding(context))
        return ProfileChangeEmailResponse()
    }

    /// A context for a call to auth that says who asked, for its limits and its mails.
    private func forwarding(_ context: CallContext) -> CallContext {
        var forwarded = context
        for name in [
            CallContext.clientMetadata, CallContext.sessionMetadata, CallContext.addressMetadata,
            CallContext.agentMetadata,
        ] {
            // What came in as metadata can go out.
            if let value = context.metadata[name] { try? forwarded.outgoing.append(name, value) }
        }
        return forwarded
    }

    private func person(_ account: Account, _ context: CallContext) async throws -> ProfilePerson {
        let balances = try await ledger.balances(of: account.id, by: context.deadline)
        return ProfilePerson(account, balances: balances.map(ProfileBalance.init))
    }
}
