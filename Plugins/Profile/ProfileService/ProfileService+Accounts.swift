import Contracts
import Logging
import Plugin
import Postgres
import RPC

/// What auth asks for.
extension ProfileService {
    func createAccount(
        _ request: ProfileCreateAccountRequest,
        _ context: CallContext
    ) async throws -> ProfileCreateAccountResponse {
        let email = try EmailAddress(checking: request.email)
        let person = AccountStore.Person(
            givenName: try PersonName.checked(request.givenName, field: "givenName"),
            familyName: try PersonName.checked(request.familyName, field: "familyName"),
            language: try Language.check(request.language)
        )
        let hash = try await passwords.hash(request.password, by: context.deadline)
        let made = try await accounts.create(email, person, password: hash, by: context.deadline)
        var response = ProfileCreateAccountResponse()
        response.account = ProfileAccount(made.account)
        response.exists = made.exists
        return response
    }

    func getAccount(_ request: ProfileGetAccountRequest, _ context: CallContext) async throws -> ProfileAccount {
        let key: AccountKey
        switch request.key {
        case .userID(let id): key = .id(try PostgresUUID(client: id))
        case .email(let text):
            guard let email = EmailAddress(text) else { throw RPCError.unknownClient }
            key = .email(email)
        case .identity(let identity):
            let identity = try identity.checked()
            key = .identity(issuer: identity.issuer, subject: identity.subject)
        case nil: throw RPCError.field("key", "required", "must be given")
        }
        guard let account = try await accounts.find(key, by: context.deadline) else { throw RPCError.unknownClient }
        return ProfileAccount(account)
    }

    func verifyPassword(
        _ request: ProfileVerifyPasswordRequest,
        _ context: CallContext
    ) async throws -> ProfileAccount {
        let key: AccountKey
        switch request.key {
        case .email(let text): key = EmailAddress(text).map(AccountKey.email) ?? Self.nobody
        case .userID(let text): key = PostgresUUID(parsing: text).map(AccountKey.id) ?? Self.nobody
        case nil: throw RPCError.field("key", "required", "must be given")
        }
        // Before any work; and then the same work in every case: one look-up, one hash.
        try passwords.checkRoom()
        let found = try await accounts.findWithPassword(key, by: context.deadline)
        let verdict = try await passwords.check(request.password, against: found?.hash, by: context.deadline)
        guard let found, verdict != .wrong else {
            throw RPCError(.unauthenticated, "the address or the password is wrong", reason: "wrong-password")
        }
        if case .upgraded(let new) = verdict, let old = found.hash {
            try await accounts.upgrade(found.account.id, from: old, to: new, by: context.deadline)
        }
        return ProfileAccount(found.account)
    }

    /// An account that nobody has: looked up like others. (Version 0 is never random.)
    private static var nobody: AccountKey { .id(PostgresUUID(high: 0, low: 0)) }

    func setPassword(_ request: ProfileSetPasswordRequest, _ context: CallContext) async throws -> ProfileAccount {
        let id = try PostgresUUID(client: request.userID)
        let hash = try await passwords.hash(request.password, by: context.deadline)
        return ProfileAccount(
            try await accounts.setPassword(id, hash, verifying: request.emailVerified, by: context.deadline)
        )
    }

    func confirmEmail(
        _ request: ProfileConfirmEmailRequest,
        _ context: CallContext
    ) async throws -> ProfileConfirmEmailResponse {
        let id = try PostgresUUID(client: request.userID)
        let email = try EmailAddress(checking: request.email)
        let confirmed = try await accounts.confirmEmail(id, email, by: context.deadline)
        var response = ProfileConfirmEmailResponse()
        response.account = ProfileAccount(confirmed.account)
        response.previousEmail = confirmed.previous
        return response
    }

    func adoptIdentity(
        _ request: ProfileAdoptIdentityRequest,
        _ context: CallContext
    ) async throws -> ProfileAdoptIdentityResponse {
        let identity = try request.identity.checked()
        let email = try EmailAddress(checking: request.email)
        var person = AccountStore.Person(
            givenName: PersonName.cleaned(request.givenName),
            familyName: PersonName.cleaned(request.familyName),
            language: Language.nearest(request.language)
        )
        // An issuer need not know a name; the client can say it later.
        if person.givenName.isEmpty { person.givenName = String(email.text.prefix { $0 != "@" }) }
        let adopted = try await accounts.adopt(identity, email, person, by: context.deadline)
        if adopted.outcome == .takenOver {
            do {
                // No longer shown since the transaction; the file is taken away for order's sake.
                try await photos.remove(adopted.account.id)
            } catch {
                logger.warning("a photo of nobody is still there", metadata: ["error": "\(error)"])
            }
        }
        var response = ProfileAdoptIdentityResponse()
        response.account = ProfileAccount(adopted.account)
        response.outcome = adopted.outcome
        return response
    }

    func linkIdentity(_ request: ProfileLinkIdentityRequest, _ context: CallContext) async throws -> ProfileAccount {
        let id = try PostgresUUID(client: request.userID)
        return ProfileAccount(try await accounts.link(request.identity.checked(), to: id, by: context.deadline))
    }

    func raiseEpoch(_ request: ProfileRaiseEpochRequest, _ context: CallContext) async throws -> ProfileAccount {
        let id = try PostgresUUID(client: request.userID)
        return ProfileAccount(try await accounts.raiseEpoch(id, by: context.deadline))
    }
}
