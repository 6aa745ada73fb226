import Contracts
import Digest
import Logging
import Observe
import RPC
import Valkey

/// Sessions opened and closed.
extension AuthService {
    func login(_ request: AuthLoginRequest, _ context: CallContext) async throws -> AuthLoginResponse {
        // What is no address has the same work done for it.
        let address = EmailAddress(request.email) ?? .nobody
        let device = try await devices.find(request.deviceToken, for: address, by: context.deadline)
        let account = try await withPasswordTry(address, device, context) { context in
            var verify = ProfileVerifyPasswordRequest()
            verify.email = address.text
            verify.password = Self.bounded(request.password)
            return try await profile.verifyPassword(verify, context)
        }
        guard account.emailVerified else { throw RPCError.emailUnverified }
        return try await openSession(
            account,
            isRemembered: request.remember,
            device: device,
            replaced: request.replacedToken,
            context
        )
    }

    func logout(_ request: AuthLogoutRequest, _ context: CallContext) async throws -> AuthLogoutResponse {
        try await endReplaced(request.token, context)
        return AuthLogoutResponse()
    }

    /// A password as it is passed on: one of a size that none can have is replaced by one that is wrong, so that it is
    /// hashed like any other.
    static func bounded(_ password: String) -> String {
        password.utf8.count <= 1024 ? password : Base64URL.encode([UInt8].random(24))
    }

    /// Tries a password, counted before it is known whether it is right: for the network, and for the account or, from
    /// a device that is known, for the device.
    /// - Throws: what says that the credentials are wrong, whatever exactly profile says; RESOURCE_EXHAUSTED.
    func withPasswordTry(
        _ address: EmailAddress,
        _ device: KnownDevices.Device?,
        _ context: CallContext,
        refusal: RPCError = .wrongCredentials,
        _ body: (CallContext) async throws -> ProfileAccount
    ) async throws -> ProfileAccount {
        let place = try await place(address, context)
        let network = ClientNetwork(context.clientAddress)
        guard case .counted(let counted) = try await counted(.passwords(from: network), context) else {
            preconditionFailure("what is not counted is refused")
        }
        let what = device.map { "device:\($0.mark)" } ?? "login:\(place)"
        if let wait = try await limiter.tryBegins(what, by: context.deadline) { throw RPCError.tooManyAttempts(wait) }
        let changes = store.connectionChanges
        let account: ProfileAccount
        do {
            account = try await body(context)
        } catch let error as RPCError where [.unauthenticated, .invalidArgument, .notFound].contains(error.code) {
            throw refusal
        } catch  where Self.isNobodysFault(error) {
            try await seenThrough(context) { context in
                try await limiter.takeBackTry(what, by: context.deadline)
                try await limiter.takeBack(counted, by: context.deadline)
            }
            throw error
        }
        try await limiter.succeeded(what, by: context.deadline)
        try await limiter.takeBack(counted, by: context.deadline)
        try remember(account, since: changes)
        return account
    }

    /// Whether a call that counts failed before its work was done, and not because its caller went away: else who hangs up
    /// in time could do without end what is limited.
    static func isNobodysFault(_ error: any Error) -> Bool {
        [.unavailable, .resourceExhausted, .internalError].contains(RPCError(mapping: error).code)
    }

    /// Counts one more.
    /// - Throws: RESOURCE_EXHAUSTED if there were too many.
    func counted(_ rate: AttemptLimiter.Rate, _ context: CallContext) async throws -> AttemptLimiter.Answer {
        let answer = try await limiter.count(rate, by: context.deadline)
        if case .wait(let wait) = answer { throw RPCError.tooManyAttempts(wait) }
        return answer
    }

    /// Opens a session of somebody who has proved who it is, in the place of another.
    func openSession(
        _ account: ProfileAccount,
        isRemembered: Bool,
        device: KnownDevices.Device?,
        replaced: String,
        _ context: CallContext
    ) async throws -> AuthLoginResponse {
        let user = try identifier(account.userID)
        let opened = try await sessions.open(
            user,
            epoch: account.epoch,
            isRemembered: isRemembered,
            isEmailVerified: account.emailVerified,
            address: context.clientAddress ?? "",
            agent: context.clientAgent,
            by: context.deadline
        )
        guard let opened else { throw RPCError.changedMeanwhile }
        if opened.evicted > 0 {
            context.logger.notice("sessions ended, as the user has too many", metadata: ["count": "\(opened.evicted)"])
        }
        try await endReplaced(replaced, context)
        var response = AuthLoginResponse()
        response.token = opened.token.text
        response.session = AuthSession(opened.token.session, user, opened.record)
        response.deviceToken = try await devices.remember(
            device,
            user: user,
            address: try address(account),
            by: context.deadline
        )
        return response
    }

    /// Ends the session of a token, if it is one.
    private func endReplaced(_ text: String, _ context: CallContext) async throws {
        guard let token = SessionToken(text),
            let stored = try await sessions.find(token.user, token.session, by: context.deadline),
            stored.record.verdict(on: token.hash, policy: sessions.policy, now: now()) != .refused
        else { return }
        try await sessions.end(.only(token.session), of: token.user, by: context.deadline)
    }
}
