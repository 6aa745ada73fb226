/// A driver that executes orders: on paper, or at a real broker. Slot `wallet.brokerage`.
///
/// Rules every driver keeps:
/// - An order has one id for ever: whatever is asked for again under it has the same answer, and no second effect.
/// - An order is filled once at most; what is filled is never taken back. Where a broker executes an order in parts, the
///   driver says `open` until nothing more will be executed, and then gives all parts as one fill at their average price.
/// - A fill is never worse for the client than the order's limit, nor than its `worstPrice`.
/// - Prices, quantities and fees are exact decimals; nothing passes through floating point.
/// - Every call ends within ten seconds. A cancelled task ends it with `cancelled`; the order may have been executed
///   then, and is asked for again.
public protocol Brokerage: Driver {
    /// Whether nothing real is bought.
    var isPaper: Bool { get }

    /// Names the books in which the broker keeps orders, such as `alpaca/` and an account; the same for ever for the
    /// same books. It keeps waiting orders then, works their limits and ends them with the day, and `submit` may answer
    /// `open` to any of them; who has asked goes on asking with `find`, and never asks a broker with other books.
    ///
    /// Nil for a driver that remembers nothing: its answer follows from order and quote alone, and a limit order that it
    /// calls `open` is the caller's to watch.
    ///
    /// Known once `probe` has succeeded.
    var books: String? { get }

    /// What an order would cost or bring at this quote. No effect.
    /// - Throws: `marketClosed` for an order that would not be taken now, `unsupported` for one that never is.
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

    /// What became of an order that may have been submitted. No effect.
    /// - Parameter quote: as for `submit`; fills are explained with it.
    /// - Returns: nil if the broker knows no such order. One that is on its way there may become known later.
    func find(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome?

    /// Takes an order back as far as it is not executed. A fill that has happened wins.
    /// - Returns: what has become of it: `open` while the broker is still about to end it; nil if it knows no such order.
    func cancel(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome?
}

extension Brokerage {
    /// Remembers nothing.
    public var books: String? { nil }

    /// Nothing is remembered.
    public func find(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome? { nil }

    /// There is nothing to take back.
    public func cancel(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome? { nil }
}
