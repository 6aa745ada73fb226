import Contracts
import Money
import Observe
import Postgres
import RPC
import SwiftProtobuf

extension WalletService {
    func getWallet(_ request: WalletGetWalletRequest, _ context: CallContext) async throws -> WalletSummary {
        let portfolio = try await portfolio(try await person(context.client(), context), context)
        return try WalletSummary(portfolio, now: saga.now())
    }

    func listHoldings(
        _ request: WalletListHoldingsRequest,
        _ context: CallContext
    ) async throws -> WalletListHoldingsResponse {
        let portfolio = try await portfolio(try await personIfThere(context), context)
        var response = WalletListHoldingsResponse()
        response.items = try portfolio.positions.filter(\.position.isOpen).map { try WalletHolding($0, portfolio) }
        return response
    }

    func getHolding(_ request: WalletGetHoldingRequest, _ context: CallContext) async throws -> WalletHolding {
        let portfolio = try await portfolio(try await personIfThere(context), context)
        guard let found = portfolio.positions.first(where: { $0.symbol == request.symbol && $0.position.isOpen })
        else { throw RPCError(.notFound, "nothing of this company is owned", reason: "unknown-holding") }
        return try WalletHolding(found, portfolio)
    }

    /// All that the client has, at the newest prices.
    func portfolio(_ person: ProfilePerson?, _ context: CallContext) async throws -> Portfolio {
        let client = try context.client()
        let found = try await shares.positions(of: client, by: context.deadline)
        let owned = found.positions.filter(\.position.isOpen).map(\.symbol)
        return try Portfolio(person, found.positions, try await prices(owned, for: client, context), found.account)
    }

    /// Shares are shown without their weight while profile is away.
    private func personIfThere(_ context: CallContext) async throws -> ProfilePerson? {
        let client = try context.client()
        do {
            return try await person(client, context)
        } catch let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded {
            return nil
        }
    }

    /// The prices that there are, for the shares that a client has in the books; none if the market is away.
    private func prices(
        _ symbols: [String],
        for client: String,
        _ context: CallContext
    ) async throws -> [String: HoldingPrice] {
        guard !symbols.isEmpty else { return [:] }
        do {
            let items = try await desk.items(symbols, context)
            try await desk.days.settle(items)
            return try Dictionary(
                items.map { ($0.symbol, HoldingPrice(try desk.days.price($0, for: client), $0)) }
            ) { $1 }
        } catch let error as RPCError where error.code != .cancelled {
            return [:]
        }
    }
}

extension WalletSummary {
    init(_ portfolio: Portfolio, now: WallTime) throws {
        self.init()
        let currency = portfolio.currency
        let (total, balance) = (try portfolio.valuation(currency), portfolio.balance(currency))
        walletID = portfolio.walletID
        cash = .cash(balance.available, currency)
        held = .cash(balance.held, currency)
        value = .cash(try total.value(), currency)
        profit = .cash(try total.profit(), currency)
        asOf = .init(total.asOf ?? now)
        stale = total.isStale
        holdings = .cash(total.holdings, currency)
        realised = .cash(total.realised, currency)
        unrealised = .cash(total.unrealised, currency)
        dividends = .cash(total.dividends, currency)
        account = Int32(portfolio.account.number)
        if let since = portfolio.account.since { accountSince = .init(since) }
        others = try portfolio.currencies.dropFirst().map { other in
            let (total, balance) = (try portfolio.valuation(other), portfolio.balance(other))
            var summary = WalletCurrencySummary()
            summary.cash = .cash(balance.available, other)
            summary.held = .cash(balance.held, other)
            summary.value = .cash(try total.value(), other)
            summary.profit = .cash(try total.profit(), other)
            return summary
        }
    }
}

extension WalletHolding {
    init(_ stored: StoredPosition, _ portfolio: Portfolio) throws {
        self.init()
        let (position, currency) = (stored.position, stored.currency)
        let owned = try position.owned()
        symbol = stored.symbol
        quantity = owned.normalized.description
        held = position.held.normalized.description
        averageCost = LonjaMoney(try position.cost.divided(by: owned, scale: 4, rounding: .halfEven), currency)
        cost = .cash(position.cost, currency)
        realised = .cash(position.realised, currency)
        dividends = .cash(stored.dividends, currency)
        guard let price = portfolio.prices[stored.symbol], price.currency == currency else { return }
        let worth = try price.worth(of: position)
        value = .cash(worth, currency)
        profit = .cash(try worth - position.cost, currency)
        self.price = LonjaMoney(price.price.normalized, currency)
        asOf = .init(price.asOf)
        delaySeconds = price.delaySeconds
        stale = price.isStale
        source = price.source
        let total = try portfolio.valuation(currency).value()
        if !portfolio.balances.isEmpty, total.signum > 0 {
            weight = try worth.divided(by: total, scale: 6, rounding: .halfEven).description
        }
    }
}
