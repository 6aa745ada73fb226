import Contracts
import RPC

/// Mails that somebody asks for.
extension AuthService {
    /// Runs what sends a mail to an address if that, and the network that asks, have not had too many. If they have,
    /// nothing is done and nobody is told, but for a client who is logged in. A call that fails counts for nothing.
    /// - Parameters:
    ///   - purpose: of what the mail shows.
    ///   - isForClient: whether a logged-in client asks, through profile.
    func withMailAllowance(
        _ purpose: CodePurpose,
        to address: EmailAddress,
        isForClient: Bool = false,
        _ context: CallContext,
        _ body: (CallContext) async throws -> Void
    ) async throws {
        let isKnown = isForClient || (try? context.client()) != nil
        var counted: [AttemptLimiter.Counted] = []
        let place = try await place(address, context)
        // In this order, so that who asks twice has not used up what others share.
        var rates: [AttemptLimiter.Rate] = [.sameMails(purpose, to: place), .mails(to: place)]
        // Profile does not pass the address on; it has its own limits.
        if !isForClient || context.clientAddress != nil {
            rates.append(.mails(from: ClientNetwork(context.clientAddress)))
        }
        do {
            for rate in rates {
                switch try await limiter.count(rate, by: context.deadline) {
                case .counted(let one): counted.append(one)
                case .wait(let wait): throw RPCError.tooManyAttempts(wait)
                }
            }
            try await body(context)
        } catch let error as RPCError where error.code == .resourceExhausted {
            // Of the limits here, or of notification's.
            if isKnown { throw error }
        } catch  where Self.isNobodysFault(error) {
            let toTakeBack = counted
            try await seenThrough(context) { context in
                for one in toTakeBack { try await limiter.takeBack(one, by: context.deadline) }
            }
            throw error
        }
    }

    /// An address of a request.
    func checkedAddress(_ text: String, field: String = "email") throws(RPCError) -> EmailAddress {
        guard let address = EmailAddress(text) else {
            throw .field(field, text.isEmpty ? "required" : "invalid", "must be an e-mail address")
        }
        return address
    }

    /// What stands in for a code where there is no account, so that the store has the same work.
    func issueDecoy(_ address: EmailAddress, _ context: CallContext) async throws {
        _ = try await codes.issue(.decoy, CodeSubject(user: .random(), address: address), by: context.deadline)
    }

    /// Takes what a mail showed: the token of a link, or a code with the address.
    /// - Throws: FAILED_PRECONDITION ("invalid-code") in every case in which it is good for nothing.
    func take(
        token: String,
        code: String,
        email: String,
        _ purposes: [CodePurpose],
        _ context: CallContext
    ) async throws -> CodeStore.Taken {
        guard token.isEmpty != code.isEmpty else {
            throw RPCError.field(
                token.isEmpty ? "token" : "code",
                "invalid",
                "must be given, and only one of token and code"
            )
        }
        let address = token.isEmpty ? try checkedAddress(email) : nil
        guard
            case .counted(let counted) = try await counted(.codes(from: ClientNetwork(context.clientAddress)), context)
        else { preconditionFailure("what is not counted is refused") }
        guard let taken = try await redeem(token, code, address, purposes, context) else { throw RPCError.invalidCode }
        try await limiter.takeBack(counted, by: context.deadline)
        return taken
    }

    private func redeem(
        _ token: String,
        _ code: String,
        _ address: EmailAddress?,
        _ purposes: [CodePurpose],
        _ context: CallContext
    ) async throws -> CodeStore.Taken? {
        guard let address else {
            guard let link = LinkToken(token), purposes.contains(link.purpose) else { return nil }
            return try await codes.redeem(link: link, by: context.deadline)
        }
        guard let code = ShortCode(typed: code) else { return nil }
        for purpose in purposes where purpose.codeLife != nil {
            if let taken = try await codes.redeem(code: code, purpose, address, by: context.deadline) { return taken }
        }
        return nil
    }

    /// Runs what a code was taken for; puts it back if that fails for a reason that passes.
    func using<Result: Sendable>(
        _ taken: CodeStore.Taken,
        _ context: CallContext,
        _ body: @escaping @Sendable (CallContext) async throws -> Result
    ) async throws -> Result {
        try await seenThrough(context) { context in
            do {
                return try await body(context)
            } catch {
                let code = RPCError(mapping: error).code
                if [.unavailable, .deadlineExceeded, .cancelled, .invalidArgument, .resourceExhausted].contains(code) {
                    try await codes.putBack(taken, by: context.deadline)
                }
                throw error
            }
        }
    }
}
