import Contracts
import Money
import Observe

/// All that a client has, with the newest prices. A class: see `OrderTerms`.
final class Portfolio: Sendable {
    let walletID: String
    /// Available and held; empty where nobody says.
    let balances: [CashBalance]
    /// By symbol; closed ones too.
    let positions: [StoredPosition]
    let prices: [String: HoldingPrice]
    let account: WalletAccount

    /// Cash of one currency.
    struct CashBalance: Sendable {
        let available: ExactDecimal
        let held: ExactDecimal
        let currency: Currency
    }

    init(
        _ person: ProfilePerson?,
        _ positions: [StoredPosition],
        _ prices: [String: HoldingPrice],
        _ account: WalletAccount
    ) throws(DecimalError) {
        walletID = person?.walletID ?? ""
        var balances: [CashBalance] = []
        for balance in person?.balances ?? [] {
            let available = try balance.available.exact()
            let held = try balance.held.exact()
            balances.append(CashBalance(available: available.value, held: held.value, currency: available.currency))
        }
        self.balances = balances
        self.positions = positions
        self.prices = prices
        self.account = account
    }

    /// The currency of the account: of its cash; dollars for who has none.
    var currency: Currency {
        balances.contains { $0.currency == .usd } ? .usd : balances.first?.currency ?? positions.first?.currency ?? .usd
    }

    /// Every currency that there is something of, the account's first.
    var currencies: [Currency] {
        let others = Set(balances.map(\.currency) + positions.map(\.currency)).subtracting([currency])
        return [currency] + others.sorted { $0.code < $1.code }
    }

    /// What there is of a currency.
    func valuation(_ currency: Currency) throws(DecimalError) -> Valuation {
        var total = Valuation(currency)
        for balance in balances where balance.currency == currency {
            try total.add(cash: balance.available + balance.held)
        }
        for stored in positions where stored.currency == currency { try total.add(stored, prices[stored.symbol]) }
        return total
    }

    /// Cash of a currency.
    func balance(_ currency: Currency) -> CashBalance {
        balances.first { $0.currency == currency }
            ?? CashBalance(available: .zero, held: .zero, currency: currency)
    }
}
