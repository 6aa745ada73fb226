import Contracts
import RPC

extension WalletService {
    func listWatched(
        _ request: WalletListWatchedRequest,
        _ context: CallContext
    ) async throws -> WalletListWatchedResponse {
        var response = WalletListWatchedResponse()
        response.symbols = try await watchlist.symbols(of: context.client(), by: context.deadline)
        return response
    }

    func watch(_ request: WalletWatchRequest, _ context: CallContext) async throws -> WalletWatchResponse {
        let client = try context.client()
        // The market knows what a symbol is, and which there are.
        var company = MarketGetCompanyRequest()
        company.symbol = request.symbol
        _ = try await market.getCompany(company, context)
        try await watchlist.add(request.symbol, for: client, by: context.deadline)
        return WalletWatchResponse()
    }

    func unwatch(_ request: WalletUnwatchRequest, _ context: CallContext) async throws -> WalletUnwatchResponse {
        try await watchlist.remove(request.symbol, for: context.client(), by: context.deadline)
        return WalletUnwatchResponse()
    }
}
