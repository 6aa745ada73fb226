public import Money

extension LonjaMoney {
    /// The message of an exact amount; its scale stays as it is.
    public init(_ amount: Amount) {
        self.init(amount.value, amount.currency)
    }

    /// The message of a value in a currency; its scale stays as it is.
    public init(_ value: ExactDecimal, _ currency: Currency) {
        self.init()
        amount = value.description
        self.currency = currency.code
    }

    /// The exact amount that a peer means.
    /// - Throws: `DecimalError` with code `malformed` or `overflow`: what comes from outside is not to be trusted.
    public func exact() throws(DecimalError) -> Amount {
        Amount(try ExactDecimal(parsing: amount), try Currency(parsing: currency))
    }
}
