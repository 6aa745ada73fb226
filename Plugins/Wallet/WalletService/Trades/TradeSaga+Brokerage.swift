import Money
import Observe
import Plugin
import RPC

/// The steps with the brokerage.
///
/// An order belongs to the brokerage that was about to be asked when that was recorded. One that keeps orders may have
/// it even if its answer was lost, so no other is ever asked for it: after a swap to another brokerage such an order waits
/// for the one before to come back, as stuck, for all to see. One that keeps none has nothing: then the next is asked.
extension TradeSaga {
    /// Asks the brokerage, and records what became of the order.
    /// - Parameter isNew: whether nobody can have asked before.
    /// - Returns: nil if the brokerage keeps it for later.
    func submit(_ order: Order, isNew: Bool, _ context: CallContext) async throws -> Order? {
        guard let quote = order.quote else { throw RPCError(.internalError, "an order is executed without a price") }
        let question = order.brokerageOrder
        let isOver = isOver(order)
        let outcome: BrokerageOutcome?
        do {
            outcome = try await slot.use { brokerage in
                try owns(brokerage, order)
                var found: BrokerageOutcome?
                if brokerage.books != nil, !isNew {
                    found =
                        isOver
                        ? try await brokerage.cancel(question, at: quote)
                        : try await brokerage.find(question, at: quote)
                }
                let first = if let found { found } else { try await brokerage.submit(question, at: quote) }
                return try await awaited(first, order, question, quote, brokerage)
            }
        } catch let other as OtherBooks {
            return try await reassign(order, to: other.books, context)
        }
        try await faults.reach(.executed)
        return try await apply(outcome, order, context)
    }

    /// Takes back at the brokerage what is not executed of an order that it keeps, and records what became of it.
    /// - Returns: nil if the brokerage is still about to end it.
    func withdraw(_ order: Order, _ context: CallContext) async throws -> Order? {
        guard let quote = order.quote else { throw RPCError(.internalError, "an order is executed without a price") }
        let question = order.brokerageOrder
        let (isKnown, outcome) = try await slot.use { brokerage -> (Bool, BrokerageOutcome?) in
            try owns(brokerage, order)
            guard let first = try await brokerage.cancel(question, at: quote) else { return (false, nil) }
            return (true, try await awaited(first, order, question, quote, brokerage, isEnding: true))
        }
        // It is on its way there: it arrives first.
        guard isKnown else { return try await advance(order, context) }
        return try await apply(outcome, order, context)
    }

    // MARK: Parts

    /// The brokerage that serves has other books than the one that was recorded, which has none.
    private struct OtherBooks: Error {
        let books: String?
    }

    private func owns(_ brokerage: any Brokerage, _ order: Order) throws {
        let books = brokerage.books
        guard books != order.books else { return }
        guard order.books == nil else {
            throw RPCError(.unavailable, "the order is at another brokerage than the one that serves now")
        }
        throw OtherBooks(books: books)
    }

    private func reassign(_ order: Order, to books: String?, _ context: CallContext) async throws -> Order {
        var progress = order.progress
        precondition(progress.reassigned(), "an executing order can be asked for elsewhere")
        return try await orders.record(order, progress, books: books, by: context.deadline)
    }

    /// Asks on for a short while, where the answer is worth waiting for: a market order is executed soon.
    private func awaited(
        _ first: BrokerageOutcome,
        _ order: Order,
        _ question: BrokerageOrder,
        _ quote: BrokerageQuote,
        _ brokerage: any Brokerage,
        isEnding: Bool = false
    ) async throws -> BrokerageOutcome? {
        guard brokerage.books != nil, isEnding || order.terms.type == .market else { return first }
        var outcome = first
        var (waited, step) = (Duration.zero, Duration.milliseconds(25))
        while case .open = outcome, waited < times.answer {
            try await pause(step)
            (waited, step) = (waited + step, min(step * 2, .milliseconds(400)))
            guard let found = try await brokerage.find(question, at: quote) else { break }
            outcome = found
        }
        return outcome
    }

    /// Records what became of an order.
    private func apply(_ outcome: BrokerageOutcome?, _ order: Order, _ context: CallContext) async throws -> Order? {
        var progress = order.progress
        switch outcome {
        case .filled(let filled):
            let fill = try OrderFill(filled, order)
            precondition(progress.filled(), "an executing order can be filled")
            // Nothing to credit: then nothing is owed.
            if fill.total.isZero { progress.settledAtOnce() }
            let booked = try await orders.book(order, progress, fill, by: context.deadline)
            try await faults.reach(.booked)
            return booked
        case .open where order.books != nil:
            let age = order.updatedAt.duration(to: now())
            try await orders.leave(order, for: times.poll(after: age), by: context.deadline)
            return nil
        case .open, nil:
            if progress.returned() { return try await orders.record(order, progress, by: context.deadline) }
            precondition(progress.declined("not-executed"), "an executing order can be declined")
        case .cancelled where isTooLate(order):
            precondition(progress.declined("timed-out"), "an executing order can be declined")
        case .cancelled:
            let ended = isOver(order) ? progress.lapsed() : progress.withdrawn()
            precondition(ended, "an executing order can be ended")
        case .expired where order.terms.type == .limit:
            precondition(progress.lapsed(), "an executing order can expire")
        case .expired:
            precondition(progress.declined("not-executed"), "an executing order can be declined")
        case .refused(let problem):
            precondition(progress.declined(problem), "an executing order can be declined")
        }
        return try await undo(order, progress, context)
    }
}

extension TradeTimes {
    /// How long to leave an order to the brokerage that has had it for some time: the longer, the longer.
    func poll(after age: Duration) -> Duration { min(max(age / 8, interval), longestPoll) }
}
