import Contracts
import Logging
import Postgres
import RPC

/// Serves the contract; what has no function here answers UNIMPLEMENTED.
struct WalletService: WalletServing {
    let watchlist: Watchlist
    let shares: ShareStore
    let activities: ActivityStore
    let values: ValueStore
    let resets: ResetStore
    let saga: TradeSaga
    let desk: MarketDesk
    let market: MarketClient
    let logger: Logger
    /// Lets the calling task wait.
    let pause: @Sendable (Duration) async throws -> Void

    func createWallet(
        _ request: WalletCreateWalletRequest,
        _ context: CallContext
    ) async throws -> WalletCreateWalletResponse {
        guard let client = PostgresUUID(parsing: request.userID)?.description else {
            throw RPCError.field("userId", "invalid", "must be the id of a client")
        }
        // Profile makes the id together with the account; here it becomes a wallet.
        let person = try await person(client, context)
        var response = WalletCreateWalletResponse()
        response.walletID = try await shares.create(client, id: person.walletID, by: context.deadline)
        return response
    }

    /// A client as profile knows it, with the balances.
    func person(_ client: String, _ context: CallContext) async throws -> ProfilePerson {
        var call = context.with(timeout: saga.times.call)
        call.outgoing = Metadata()
        try call.outgoing.append(CallContext.clientMetadata, client)
        return try await saga.profile.getProfile(ProfileGetProfileRequest(), call)
    }

    /// The number behind an opaque cursor of a list whose newest come first; the largest for the first page.
    /// - Throws: INVALID_ARGUMENT that names the field `cursor`.
    static func cursor(_ text: String) throws(RPCError) -> Int64 {
        if text.isEmpty { return .max }
        guard text.utf8.count <= 14, let number = Int64(text, radix: 36), number > 0 else {
            throw .field("cursor", "invalid", "must be the nextCursor of the page before")
        }
        return number
    }

    /// The size of a page.
    /// - Throws: INVALID_ARGUMENT that names the field `limit`.
    static func limit(_ wanted: Int32) throws(RPCError) -> Int {
        guard (0...200).contains(wanted) else { throw .field("limit", "out-of-range", "must be 1 to 200") }
        return wanted == 0 ? 50 : Int(wanted)
    }
}
