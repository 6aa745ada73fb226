import Money

/// A sum on its way through asynchronous functions. A class: see `OrderTerms`.
final class SharedAmount: Sendable {
    let value: ExactDecimal
    let currency: Currency

    init(_ amount: Amount) { (value, currency) = (amount.value, amount.currency) }
}
