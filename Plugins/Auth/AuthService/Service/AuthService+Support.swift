import Contracts
import Digest
import Observe
import RPC
import Reactor

extension AuthService {
    /// A user's id as profile gives it.
    func identifier(_ text: String) throws(RPCError) -> Identifier {
        guard let id = Identifier(text) else { throw RPCError(.internalError, "a user's id is no UUID") }
        return id
    }

    /// Who the call is made for.
    func caller(_ context: CallContext) throws(RPCError) -> (user: Identifier, session: Identifier) {
        guard let user = Identifier(try context.client()), let session = Identifier(try context.session()) else {
            throw .noSession
        }
        return (user, session)
    }

    /// The address of an account.
    func address(_ account: ProfileAccount) throws(RPCError) -> EmailAddress {
        guard let address = EmailAddress(account.email) else {
            throw RPCError(.internalError, "an account's address is none")
        }
        return address
    }

    /// Where a mail to an account goes.
    func recipient(_ account: ProfileAccount) throws(RPCError) -> MailSender.Recipient {
        MailSender.Recipient(try address(account), name: account.givenName, language: account.language)
    }

    /// What stands for an address in the keys of limits, so that they name nobody.
    func place(_ address: EmailAddress, _ context: CallContext) async throws -> String {
        let key = try await pepper.bytes(by: context.deadline)
        return Base64URL.encode(Array(HMACSHA256.code(["limit", address.folded], key: key).prefix(16)))
    }

    /// The account of an address; nil if there is none.
    func account(of address: EmailAddress, _ context: CallContext) async throws -> ProfileAccount? {
        var request = ProfileGetAccountRequest()
        request.email = address.text
        return try await found(request, context)
    }

    /// The account of a user; nil if there is none.
    func account(of user: Identifier, _ context: CallContext) async throws -> ProfileAccount? {
        var request = ProfileGetAccountRequest()
        request.userID = user.text
        return try await found(request, context)
    }

    private func found(_ request: ProfileGetAccountRequest, _ context: CallContext) async throws -> ProfileAccount? {
        do {
            return try await profile.getAccount(request, context)
        } catch let error as RPCError where error.code == .notFound {
            return nil
        }
    }

    /// Keeps the epoch that profile has just told.
    /// - Parameter changes: the store's count of connections from before profile was asked.
    func remember(_ account: ProfileAccount, since changes: Int) throws(RPCError) {
        epochs.remember(
            account.epoch,
            of: try identifier(account.userID),
            connectionChanges: changes,
            now: .now()
        )
    }

    /// Runs what must not stop half-way to its end, even if the caller goes away or its deadline passes meanwhile.
    func seenThrough<Result: Sendable>(
        _ context: CallContext,
        _ body: @escaping @Sendable (CallContext) async throws -> Result
    ) async throws -> Result {
        let inner = context.detached(timeout: .seconds(10))
        return try await Task(executorPreference: EventLoop.current) { try await body(inner) }.value
    }
}
