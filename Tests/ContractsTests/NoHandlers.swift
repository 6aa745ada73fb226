import Contracts
import HTTP
import RPC
import SwiftProtobuf

/// Binds nothing by hand.
struct NoHandlers: IdentityHandlers, PricesHandlers, TradingHandlers {
    private func nothing() throws -> RESTResponse { throw RPCError(.unimplemented, "not here") }

    func login(_ body: APILoginRequest, _ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        try nothing()
    }

    func logout(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse { try nothing() }

    func getSession(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse { try nothing() }

    func startGoogleLogin(next: String?, _ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        try nothing()
    }

    func finishGoogleLogin(
        code: String?,
        state: String?,
        iss: String?,
        error: String?,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse { try nothing() }

    func linkGoogleAccount(
        _ body: APILinkGoogleAccountRequest,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse { try nothing() }

    func getKeys(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse { try nothing() }

    func exportProfile(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse { try nothing() }

    func putPhoto(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse { try nothing() }

    func getPhoto(size: Int32?, _ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        try nothing()
    }

    func streamQuotes(symbols: [String], _ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        try nothing()
    }

    func streamEvents(after: String?, _ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        try nothing()
    }

    func placeOrder(
        _ body: APIPlaceOrderRequest,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        .json(
            WalletOrder.with {
                $0.symbol = body.symbol; $0.limitPrice = body.limitPrice
            },
            status: 201
        )
    }

    func listHistory(
        cursor: String?,
        side: String?,
        symbol: String?,
        limit: Int32?,
        account: Int32?,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse { try nothing() }
}
