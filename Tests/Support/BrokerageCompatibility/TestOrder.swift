import Money
import Observe
import Plugin
import Reactor

/// Orders and quotes for the checks, and what a caller of a brokerage does with them.
enum TestOrder {
    static func make(
        _ side: BrokerageOrder.Side = .buy,
        id: String,
        _ quantity: ExactDecimal = 3,
        amount: ExactDecimal? = nil,
        limit: ExactDecimal? = nil,
        worst: ExactDecimal? = nil,
        _ time: BrokerageOrder.TimeInForce = .day
    ) -> BrokerageOrder {
        BrokerageOrder(
            id: id,
            symbol: "AAPL",
            side: side,
            quantity: quantity,
            amount: amount,
            limit: limit,
            worstPrice: worst,
            timeInForce: time
        )
    }

    static func quote(_ price: ExactDecimal = 100, isOpen: Bool = true) -> BrokerageQuote {
        BrokerageQuote(
            price: price,
            currency: .usd,
            day: nil,
            asOf: WallTime(secondsSinceEpoch: 1_767_225_600),
            source: "test",
            isOpen: isOpen
        )
    }

    /// Submits an order and asks on until it waits no more.
    static func settled(
        _ order: BrokerageOrder,
        _ quote: BrokerageQuote,
        _ brokerage: any Brokerage
    ) async throws -> BrokerageOutcome {
        try await settled(try await brokerage.submit(order, at: quote), order, quote, brokerage)
    }

    static func settled(
        _ first: BrokerageOutcome,
        _ order: BrokerageOrder,
        _ quote: BrokerageQuote,
        _ brokerage: any Brokerage
    ) async throws -> BrokerageOutcome {
        var outcome = first
        for _ in 0..<200 {
            guard case .open = outcome else { return outcome }
            try await EventLoop.current?.sleep(for: .milliseconds(25))
            guard let found = try await brokerage.find(order, at: quote) else {
                throw BrokerageViolation(description: "an order that was taken is not known")
            }
            outcome = found
        }
        return outcome
    }

    static func fill(_ outcome: BrokerageOutcome?) throws -> BrokerageFill {
        guard case .filled(let fill)? = outcome else {
            throw BrokerageViolation(description: "\(outcome.map(name) ?? "unknown") instead of a fill")
        }
        return fill
    }

    static func name(_ outcome: BrokerageOutcome) -> String {
        switch outcome {
        case .filled: "filled"
        case .open: "open"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .refused(let code): "refused \(code)"
        }
    }

    static func expect(_ outcome: BrokerageOutcome?, _ wanted: String) throws {
        let found = outcome.map(name) ?? "unknown"
        try BrokerageViolation.unless(found == wanted, "\(found) instead of \(wanted)")
    }

    /// The code of the error that `body` must throw.
    static func failure(
        _ wanted: BrokerageError.Code,
        _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as BrokerageError {
            try BrokerageViolation.unless(error.code == wanted, "\(error) instead of \(wanted)")
            return
        }
        throw BrokerageViolation(description: "succeeded instead of \(wanted)")
    }

    static func executions(_ count: Int, _ end: any BrokerageEnd) async throws {
        guard let found = try await end.executions() else { return }
        try BrokerageViolation.unless(found == count, "\(found) executions instead of \(count)")
    }
}
