import Contracts
import Logging
import Plugin
import RPC
import SwiftProtobuf

/// New accounts, and their addresses.
extension AuthService {
    func register(_ request: AuthRegisterRequest, _ context: CallContext) async throws -> AuthRegisterResponse {
        let givenName = try PersonName.checked(request.givenName, field: "givenName")
        let familyName = try PersonName.checked(request.familyName, field: "familyName")
        let address = try checkedAddress(request.email)
        guard ["", "en", "es"].contains(request.language) else {
            throw RPCError.field("language", "invalid", "must be en or es")
        }
        try passwords.check(
            request.password,
            field: "password",
            context: [address.text, givenName, familyName]
        )
        try await withMailAllowance(.verifyEmail, to: address, context) { context in
            var create = ProfileCreateAccountRequest()
            create.givenName = givenName
            create.familyName = familyName
            create.email = address.text
            create.password = request.password
            create.language = request.language.isEmpty ? "en" : request.language
            let created = try await profile.createAccount(create, context)
            // The same steps in both cases, as the time of the answer must not tell them apart.
            let subject =
                created.exists
                ? CodeSubject(user: .random(), address: address)
                : CodeSubject(user: try identifier(created.account.userID), address: address)
            let issued = try await codes.issue(created.exists ? .decoy : .verifyEmail, subject, by: context.deadline)
            // Who has an account is called by the name it has there.
            let recipient = MailSender.Recipient(
                address,
                name: created.account.givenName,
                language: created.account.language
            )
            try await mails.send(
                created.exists ? .accountExists(.init()) : .verifyEmail(.with { $0.proof = NotificationProof(issued) }),
                to: recipient,
                context
            )
        }
        return AuthRegisterResponse()
    }

    func requestEmailVerification(
        _ request: AuthRequestEmailVerificationRequest,
        _ context: CallContext
    ) async throws -> AuthRequestEmailVerificationResponse {
        let address = try checkedAddress(request.email)
        try await withMailAllowance(.verifyEmail, to: address, context) { context in
            let account = try await account(of: address, context)
            switch account {
            case .some(let account) where !account.emailVerified:
                let subject = CodeSubject(user: try identifier(account.userID), address: address)
                let issued = try await codes.issue(.verifyEmail, subject, by: context.deadline)
                let mail = NotificationVerifyEmail.with { $0.proof = NotificationProof(issued) }
                try await mails.send(.verifyEmail(mail), to: try recipient(account), context)
            case .some(let account):
                try await issueDecoy(address, context)
                try await mails.send(.accountExists(.init()), to: try recipient(account), context)
            case .none:
                try await issueDecoy(address, context)
                try await mails.send(.noAccount(.init()), to: .init(unknown: address), context)
            }
        }
        return AuthRequestEmailVerificationResponse()
    }

    func confirmEmailVerification(
        _ request: AuthConfirmEmailVerificationRequest,
        _ context: CallContext
    ) async throws -> AuthConfirmEmailVerificationResponse {
        let taken = try await take(
            token: request.token,
            code: request.code,
            email: request.email,
            [.verifyEmail, .changeEmail, .undoEmailChange],
            context
        )
        try await using(taken, context) { context in
            if taken.purpose == .verifyEmail {
                // Not to bring back an address that the account no longer has.
                let account = try await account(of: taken.subject.user, context)
                guard let account, EmailAddress(account.email)?.folded == taken.subject.address.folded else {
                    throw RPCError.invalidCode
                }
            }
            var confirm = ProfileConfirmEmailRequest()
            confirm.userID = taken.subject.user.text
            confirm.email = taken.subject.address.text
            let confirmed: ProfileConfirmEmailResponse
            do {
                confirmed = try await profile.confirmEmail(confirm, context)
            } catch let error as RPCError where error.code == .alreadyExists {
                throw RPCError.emailTaken
            } catch let error as RPCError where error.code == .notFound {
                throw RPCError.invalidCode
            }
            switch taken.purpose {
            case .changeEmail: await tellOldAddress(confirmed, taken.subject, context)
            case .undoEmailChange: try await undone(taken.subject, context)
            default: break
            }
        }
        return AuthConfirmEmailVerificationResponse()
    }

    /// Tells the address that was changed away from, and gives it three days to take the change back.
    private func tellOldAddress(
        _ confirmed: ProfileConfirmEmailResponse,
        _ subject: CodeSubject,
        _ context: CallContext
    ) async {
        guard let old = EmailAddress(confirmed.previousEmail), old.folded != subject.address.folded else { return }
        do {
            // A reset that the old mailbox could still confirm is over.
            try await codes.end(.resetPassword, old, by: context.deadline)
            let issued = try await codes.issue(
                .undoEmailChange,
                CodeSubject(user: subject.user, address: old),
                by: context.deadline
            )
            let mail = NotificationEmailChanged.with {
                $0.proof = NotificationProof(issued)
                $0.newEmail = subject.address.masked
            }
            let account = confirmed.account
            await mails.notify(
                .emailChanged(mail),
                to: .init(old, name: account.givenName, language: account.language),
                context
            )
        } catch {
            // The change stands; only its notice is missing.
            context.logger.error(
                "no notice of a change of address",
                metadata: ["error": "\(RPCError(mapping: error).code)"]
            )
        }
    }

    /// A change of address was taken back: whoever made it is out.
    private func undone(_ subject: CodeSubject, _ context: CallContext) async throws {
        let raised = try await profile.raiseEpoch(.with { $0.userID = subject.user.text }, context)
        try await endEverything(of: raised, context)
    }
}
