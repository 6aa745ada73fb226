internal import Contracts
internal import RPC

/// Stands where auth looks for profile: one account for each address, whose password is right. Auth asks once for each
/// user and then knows; the load itself comes here no more.
struct OneAccount: ProfileServing {
    /// The id of the account with this number.
    static func userID(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }

    func verifyPassword(
        _ request: ProfileVerifyPasswordRequest,
        _ context: CallContext
    ) async throws -> ProfileAccount {
        guard let number = Int(request.email.prefix { $0 != "@" }) else { throw RPCError(.unauthenticated, "nobody") }
        return account(Self.userID(number), request.email)
    }

    func getAccount(_ request: ProfileGetAccountRequest, _ context: CallContext) async throws -> ProfileAccount {
        account(request.userID, "1@example.com")
    }

    private func account(_ id: String, _ email: String) -> ProfileAccount {
        var account = ProfileAccount()
        account.userID = id
        account.email = email
        account.emailVerified = true
        account.epoch = 1
        return account
    }
}
