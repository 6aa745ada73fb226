import Fetch
import HTTP
import Money
import Observe
public import Plugin
import RPC
import Reactor

extension AlpacaDriver {
    /// Sends the order; where that is refused or not answered, asks what there is under its id.
    public func submit(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome {
        let deadline = MonotonicTime.now().advanced(by: Self.longestCall)
        let body = JSONWriter.bytes(try ticket(order, quote))
        let answer: FetchResponse
        do {
            answer = try await send(.post, "orders", body, by: deadline)
        } catch {
            guard error.isUnclear, let found = try await known(order, quote, by: deadline) else { throw error.reason }
            return found
        }
        if answer.isSuccess { return try outcome(try AlpacaOrder(answer.body), order, quote) }
        let problem = AlpacaProblem(answer)
        // 422 is also the answer to an id that is known.
        if problem.status == 422 || problem.isUnclear, let found = try await known(order, quote, by: deadline) {
            return found
        }
        guard let refusal = problem.refusal else { throw problem.error }
        return .refused(refusal)
    }

    /// Asks for the order by its id.
    public func find(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome? {
        try await known(order, quote, by: MonotonicTime.now().advanced(by: Self.longestCall))
    }

    /// Asks for the order, takes it back if it is still open, and asks again.
    public func cancel(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) async throws(BrokerageError) -> BrokerageOutcome? {
        let deadline = MonotonicTime.now().advanced(by: Self.longestCall)
        guard let found = try await look(order, by: deadline) else { return nil }
        let before = try outcome(found, order, quote)
        guard case .open = before, found.status != "pending_cancel" else { return before }
        guard found.id.utf8.allSatisfy({ $0.isPlain }) else { throw AlpacaOrder.malformed("has a strange id") }
        let answer: FetchResponse
        do {
            answer = try await send(.delete, "orders/\(found.id)", by: deadline)
        } catch {
            throw error.reason
        }
        // 422: it is open no more, or is being replaced; 404: it is gone from the books of open orders.
        guard answer.isSuccess || [404, 422].contains(answer.status) else { throw AlpacaProblem(answer).error }
        return try await known(order, quote, by: deadline)
    }

    // MARK: Steps

    private func known(
        _ order: BrokerageOrder,
        _ quote: BrokerageQuote,
        by deadline: MonotonicTime
    ) async throws(BrokerageError) -> BrokerageOutcome? {
        guard let found = try await look(order, by: deadline) else { return nil }
        return try outcome(found, order, quote)
    }

    /// The order as Alpaca has it; nil if it has none under this id.
    private func look(
        _ order: BrokerageOrder,
        by deadline: MonotonicTime
    ) async throws(BrokerageError) -> AlpacaOrder? {
        precondition(order.id.utf8.allSatisfy { $0.isPlain }, "an order's id is letters, digits and hyphens")
        let answer: FetchResponse
        do {
            answer = try await send(.get, "orders:by_client_order_id?client_order_id=\(order.id)", by: deadline)
        } catch {
            throw error.reason
        }
        if answer.status == 404 { return nil }
        guard answer.isSuccess else { throw AlpacaProblem(answer).error }
        return try AlpacaOrder(answer.body)
    }

    private func ticket(
        _ order: BrokerageOrder,
        _ quote: BrokerageQuote
    ) throws(BrokerageError) -> AlpacaTicket {
        do {
            return try AlpacaTicket(order, at: quote, configuration.prices)
        } catch {
            throw BrokerageError(.unpriceable, "the price is out of range: \(error.message)")
        }
    }

    private func outcome(
        _ found: AlpacaOrder,
        _ order: BrokerageOrder,
        _ quote: BrokerageQuote
    ) throws(BrokerageError) -> BrokerageOutcome {
        // The collar may have been another one when an order without a bound of its own was sent.
        try found.outcome(order, at: quote, bound: order.isForAmount ? nil : order.limit ?? order.worstPrice)
    }
}

extension UInt8 {
    fileprivate var isPlain: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x2D
    }
}
