import Contracts
import Money
import Observe
import Postgres
import RPC
import SwiftProtobuf

extension WalletService {
    func getWallet(_ request: WalletGetWalletRequest, _ context: CallContext) async throws -> WalletSummary {
        let client = try context.client()
        let person = try await person(client, context)
        let positions = try await shares.positions(of: client, by: context.deadline)
        let owned = positions.filter { $0.position.isOpen }
        let quotes = try await prices(owned.map(\.symbol), context)
        let cash = try person.balances.first.map { try $0.available.exact() } ?? Amount(.zero, .usd)
        let held = try person.balances.first.map { try $0.held.exact() } ?? Amount(.zero, .usd)
        var total = Valuation(cash.currency)
        try total.add(cash: cash.value + held.value)
        for stored in positions where stored.currency == cash.currency {
            try total.add(stored.position, quotes[stored.symbol])
        }
        var summary = WalletSummary()
        summary.walletID = person.walletID
        summary.cash = .cash(cash.value, cash.currency)
        summary.held = .cash(held.value, cash.currency)
        summary.value = .cash(total.value, cash.currency)
        summary.profit = .cash(total.profit, cash.currency)
        summary.asOf = .init(total.asOf ?? saga.now())
        summary.stale = total.isStale
        return summary
    }

    func listHoldings(
        _ request: WalletListHoldingsRequest,
        _ context: CallContext
    ) async throws -> WalletListHoldingsResponse {
        let positions = try await shares.positions(of: context.client(), by: context.deadline)
            .filter { $0.position.isOpen }
        let quotes = try await prices(positions.map(\.symbol), context)
        var response = WalletListHoldingsResponse()
        response.items = try positions.map { try WalletHolding($0, quotes[$0.symbol]) }
        return response
    }

    func getHolding(_ request: WalletGetHoldingRequest, _ context: CallContext) async throws -> WalletHolding {
        let positions = try await shares.positions(
            of: context.client(),
            symbol: request.symbol,
            by: context.deadline
        )
        guard let found = positions.first(where: { $0.position.isOpen }) else {
            throw RPCError(.notFound, "nothing of this company is owned", reason: "unknown-holding")
        }
        return try WalletHolding(found, await prices([found.symbol], context)[found.symbol])
    }

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

    /// The prices that there are; none if the market is away.
    private func prices(_ symbols: [String], _ context: CallContext) async throws -> [String: MarketQuote] {
        guard !symbols.isEmpty else { return [:] }
        do {
            let items = try await desk.items(symbols, context)
            return Dictionary(items.map { ($0.symbol, $0) }) { $1 }
        } catch let error as RPCError where error.code != .cancelled {
            return [:]
        }
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
    }
}

extension WalletHolding {
    init(_ stored: StoredPosition, _ quote: MarketQuote?) throws {
        self.init()
        let (position, currency) = (stored.position, stored.currency)
        let owned = try position.owned()
        symbol = stored.symbol
        quantity = owned.normalized.description
        held = position.held.normalized.description
        averageCost = LonjaMoney(try position.cost.divided(by: owned, scale: 4, rounding: .halfEven), currency)
        guard let price = try? quote?.price.exact(), price.currency == currency else { return }
        let worth = try owned.multiplied(by: price.value, scale: currency.minorUnits, rounding: .halfEven)
        value = .cash(worth, currency)
        profit = .cash(try worth - position.cost, currency)
    }
}
