/// A driver that executes orders: on paper, or at a real broker. Slot `wallet.brokerage`.
///
/// Rules every driver keeps:
/// - An order has one id for ever: whatever is asked for again under it has the same answer, and no second effect.
/// - An order is filled once at most; what is filled is never taken back.
/// - A fill is never worse for the client than the order's limit.
/// - Prices, quantities and fees are exact decimals; nothing passes through floating point.
/// - A cancelled task ends the call with `cancelled`; the order may have been executed then, and is asked for again.
public protocol Brokerage: Driver {
    /// Whether nothing real is bought.
    var isPaper: Bool { get }

    /// What an order would cost or bring at this quote. No effect.
    /// - Throws: `marketClosed` for an order that would not be taken now.
    func estimate(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) throws(BrokerageError) -> BrokerageEstimate

    /// Whether `submit` may change anything at this quote: whether it reaches the limit, for who matches orders
    /// himself.
    func mayFill(_ order: BrokerageOrder, at quote: BrokerageQuote) -> Bool

    /// Executes an order, or says what became of it. The caller has recorded that it asks, and asks again after a
    /// crash.
    /// - Parameter quote: the price that the order was decided at; the same one when asked again.
    func submit(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome
}
