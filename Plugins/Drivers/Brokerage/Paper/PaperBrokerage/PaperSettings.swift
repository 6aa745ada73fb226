import Config
import Money

/// The settings of the paper brokerage, read and checked.
struct PaperSettings: Sendable {
    /// When market orders are taken.
    enum Hours: String, CaseIterable { case market, always }

    let pricing: PaperPricing
    let hours: Hours

    static let declared: [Setting] = [
        .int(
            "wallet.paper.spread",
            default: 2,
            range: 0...1000,
            "Basis points between the prices of buyers and sellers; each has half of it"
        ),
        .int(
            "wallet.paper.slippage",
            default: 1,
            range: 0...1000,
            "Basis points by which every fill is worse than that"
        ),
        .string("wallet.paper.fee", default: "0.00", "Fee of each fill, in the currency of the company's price"),
        .string(
            "wallet.paper.hours",
            default: Hours.market.rawValue,
            choices: Hours.allCases.map(\.rawValue),
            "When orders are filled: while the market is open, or always"
        ),
    ]

    init(pricing: PaperPricing, hours: Hours) {
        self.pricing = pricing
        self.hours = hours
    }

    /// - Throws: `ConfigurationError` for a fee that is none.
    init(_ settings: SettingsSnapshot) throws(ConfigurationError) {
        let text = settings.string("wallet.paper.fee")
        guard let fee = try? ExactDecimal(parsing: text).rescaled(to: 2), !fee.isNegative, fee <= 1000 else {
            let origin = settings.origin(of: "wallet.paper.fee")
            throw ConfigurationError(
                invalid: "wallet.paper.fee",
                "wallet.paper.fee = \"\(text)\" (\(origin)) is no fee; write 0.00 to 1000.00"
            )
        }
        pricing = PaperPricing(
            spread: settings.int("wallet.paper.spread"),
            slippage: settings.int("wallet.paper.slippage"),
            fee: fee
        )
        hours = Hours(rawValue: settings.string("wallet.paper.hours")) ?? .market
    }
}
