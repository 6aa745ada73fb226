import Contracts
import Money
import Observe
import Postgres
import RPC
import SwiftProtobuf

extension WalletService {
    func listHistory(
        _ request: WalletListHistoryRequest,
        _ context: CallContext
    ) async throws -> WalletListHistoryResponse {
        let client = try context.client()
        let limit = try Self.limit(request.limit)
        let side = OrderSide(rawValue: request.side)
        guard request.side.isEmpty || side != nil else {
            throw RPCError.field("side", "invalid", "must be buy or sell")
        }
        let trades = try await shares.trades(
            of: client,
            account: Self.account(request.account),
            side: side,
            symbol: request.symbol.isEmpty ? nil : request.symbol,
            before: Self.cursor(request.cursor),
            limit: limit + 1,
            by: context.deadline
        )
        var response = WalletListHistoryResponse()
        response.items = trades.prefix(limit).map { WalletTrade($0) }
        if trades.count > limit { response.nextCursor = String(trades[limit - 1].number, radix: 36) }
        return response
    }

    /// The number of an account; nil for the one now.
    /// - Throws: INVALID_ARGUMENT that names the field `account`.
    static func account(_ number: Int32) throws(RPCError) -> Int32? {
        guard number >= 0 else { throw .field("account", "out-of-range", "must be 1 or more") }
        return number == 0 ? nil : number
    }
}

extension WalletTrade {
    init(_ trade: StoredTrade) {
        self.init()
        id = trade.orderID.description
        orderID = trade.orderID.description
        symbol = trade.symbol
        side = trade.side.rawValue
        quantity = trade.fill.quantity.normalized.description
        price = LonjaMoney(trade.fill.price, trade.currency)
        fee = .cash(trade.fill.fee, trade.currency)
        total = .cash(trade.fill.total, trade.currency)
        executedAt = .init(trade.fill.executedAt)
        explanation = trade.fill.explanation
        date = trade.day?.description ?? ""
    }
}
