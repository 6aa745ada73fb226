import Contracts
import RPC

/// Serves the contract; what has no function here answers UNIMPLEMENTED.
struct WalletService: WalletServing {
    /// Nil without a database.
    let watchlist: Watchlist?
    let market: MarketClient

    func listWatched(
        _ request: WalletListWatchedRequest,
        _ context: CallContext
    ) async throws -> WalletListWatchedResponse {
        var response = WalletListWatchedResponse()
        response.symbols = try await store().symbols(of: context.client(), by: context.deadline)
        return response
    }

    func watch(_ request: WalletWatchRequest, _ context: CallContext) async throws -> WalletWatchResponse {
        let client = try context.client()
        // The market knows what a symbol is, and which there are.
        var company = MarketGetCompanyRequest()
        company.symbol = request.symbol
        _ = try await market.getCompany(company, context)
        try await store().add(request.symbol, for: client, by: context.deadline)
        return WalletWatchResponse()
    }

    func unwatch(_ request: WalletUnwatchRequest, _ context: CallContext) async throws -> WalletUnwatchResponse {
        try await store().remove(request.symbol, for: context.client(), by: context.deadline)
        return WalletUnwatchResponse()
    }

    private func store() throws(RPCError) -> Watchlist {
        guard let watchlist else { throw RPCError(.unavailable, "the wallet has no database") }
        return watchlist
    }
}
