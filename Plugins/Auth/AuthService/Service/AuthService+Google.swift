import Config
import Contracts
import Logging
import Plugin
import RPC
import SwiftProtobuf
import Valkey

/// Logins through Google, or any other issuer that the configuration names.
extension AuthService {
    func startGoogleLogin(
        _ request: AuthStartGoogleLoginRequest,
        _ context: CallContext
    ) async throws -> AuthStartGoogleLoginResponse {
        guard let google else { throw RPCError.googleOff }
        let begun = try await google.begin(next: LocalPath(request.next).text, context: context)
        var response = AuthStartGoogleLoginResponse()
        response.location = begun.location
        response.flowToken = begun.flowToken
        return response
    }

    func finishGoogleLogin(
        _ request: AuthFinishGoogleLoginRequest,
        _ context: CallContext
    ) async throws -> AuthFinishGoogleLoginResponse {
        guard let google else { throw RPCError.googleOff }
        let callback = OIDCCallback(
            code: request.code,
            state: request.state,
            issuer: request.issuer,
            error: request.error,
            flowToken: request.flowToken
        )
        let login = try await google.finish(callback, context: context)
        return try await admit(login, deviceToken: request.deviceToken, replacedToken: request.replacedToken, context)
    }

    /// Lets somebody in who has logged in at the issuer, or says that the account must be linked first.
    func admit(
        _ login: OIDCLogin,
        deviceToken: String,
        replacedToken: String,
        _ context: CallContext
    ) async throws -> AuthFinishGoogleLoginResponse {
        guard login.emailVerified, let address = EmailAddress(login.email) else {
            throw RPCError(
                .failedPrecondition,
                "the issuer has not verified the address",
                reason: "google-email-unverified"
            )
        }
        var adopt = ProfileAdoptIdentityRequest()
        adopt.identity.issuer = login.issuer
        adopt.identity.subject = login.subject
        adopt.email = address.text
        adopt.givenName = PersonName.cleaned(login.givenName)
        adopt.familyName = PersonName.cleaned(login.familyName)
        adopt.language = login.language.hasPrefix("es") ? "es" : "en"
        let changes = store.connectionChanges
        let adopted = try await profile.adoptIdentity(adopt, context)
        let next = LocalPath(login.next)
        var response = AuthFinishGoogleLoginResponse()
        response.next = next.text
        switch adopted.outcome {
        case .takenOver:
            // Of whoever had registered with somebody else's address nothing stays.
            try await seenThrough(context) { try await endEverything(of: adopted.account, $0) }
            fallthrough
        case .known, .created:
            try remember(adopted.account, since: changes)
            let own = try self.address(adopted.account)
            let device = try await devices.find(deviceToken, for: own, by: context.deadline)
            response.login = try await openSession(
                adopted.account,
                isRemembered: false,
                device: device,
                replaced: replacedToken,
                context
            )
        case .linkRequired:
            response.flowToken = try await askForLink(adopted, adopt, next, context)
        case .conflict:
            await warn(adopted.account, context)
            throw RPCError(
                .failedPrecondition,
                "the account of this address is linked to another Google account",
                reason: "google-account-conflict"
            )
        case .unspecified, .UNRECOGNIZED:
            throw RPCError(.internalError, "profile gave no outcome")
        }
        return response
    }

    /// Mails a code that proves that the account of the address is the client's. Its password proves it too, so it is
    /// no matter if too many mails were sent.
    private func askForLink(
        _ adopted: ProfileAdoptIdentityResponse,
        _ adopt: ProfileAdoptIdentityRequest,
        _ next: LocalPath,
        _ context: CallContext
    ) async throws -> String {
        let address = try address(adopted.account)
        let ticket = LinkTickets.Ticket(
            user: try identifier(adopted.account.userID),
            address: address,
            issuer: adopt.identity.issuer,
            subject: adopt.identity.subject,
            next: next
        )
        let token = try await tickets.keep(ticket, by: context.deadline)
        try await withMailAllowance(.linkGoogle, to: address, context) { context in
            let subject = CodeSubject(user: ticket.user, address: address)
            let issued = try await codes.issue(.linkGoogle, subject, by: context.deadline)
            let mail = NotificationLinkAccount.with { $0.proof = NotificationProof(issued) }
            try await mails.send(.linkAccount(mail), to: try recipient(adopted.account), context)
        }
        return token
    }

    /// Tells the owner of an account that somebody tried to come in with another Google account of its address.
    private func warn(_ account: ProfileAccount, _ context: CallContext) async {
        do {
            let recipient = try recipient(account)
            try await withMailAllowance(.decoy, to: recipient.address, context) { context in
                await mails.notify(.accountExists(.init()), to: recipient, context)
            }
        } catch {
            context.logger.error(
                "no notice of a refused login",
                metadata: ["error": "\(RPCError(mapping: error).code)"]
            )
        }
    }

    func linkGoogleAccount(
        _ request: AuthLinkGoogleAccountRequest,
        _ context: CallContext
    ) async throws -> AuthLoginResponse {
        guard request.password.isEmpty != request.code.isEmpty else {
            throw RPCError.field("password", "invalid", "must be given, or else code")
        }
        guard let ticket = try await tickets.find(request.flowToken, by: context.deadline) else {
            throw RPCError.invalidTicket
        }
        let device = try await devices.find(request.deviceToken, for: ticket.address, by: context.deadline)
        if request.code.isEmpty {
            _ = try await withPasswordTry(ticket.address, device, context, refusal: .wrongPassword) { context in
                var verify = ProfileVerifyPasswordRequest()
                verify.userID = ticket.user.text
                verify.password = Self.bounded(request.password)
                return try await profile.verifyPassword(verify, context)
            }
        } else {
            let taken = try await take(
                token: "",
                code: request.code,
                email: ticket.address.text,
                [.linkGoogle],
                context
            )
            guard taken.subject.user == ticket.user else { throw RPCError.invalidCode }
        }
        guard try await tickets.use(request.flowToken, by: context.deadline) else { throw RPCError.invalidTicket }
        let changes = store.connectionChanges
        let account: ProfileAccount
        do {
            var link = ProfileLinkIdentityRequest()
            link.userID = ticket.user.text
            link.identity.issuer = ticket.issuer
            link.identity.subject = ticket.subject
            account = try await profile.linkIdentity(link, context)
        } catch let error as RPCError where error.code == .alreadyExists {
            throw RPCError(
                .failedPrecondition,
                "the Google account or the account is linked otherwise",
                reason: "google-account-conflict"
            )
        }
        try remember(account, since: changes)
        await mails.notify(.accountLinked(.init()), to: try recipient(account), context)
        return try await openSession(
            account,
            isRemembered: false,
            device: device,
            replaced: request.replacedToken,
            context
        )
    }
}
