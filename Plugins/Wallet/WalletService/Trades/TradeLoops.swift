import Contracts
import Logging
import Observe
import Plugin
import Postgres
import RPC

/// What goes on without a request, on any number of replicas: finishes what a crash left, asks for the orders that a
/// brokerage keeps, fills limit orders whose price has come, and ends those whose day is over. Of several replicas one
/// acts: who takes an order from the database, and who records first what is about to be done.
struct TradeLoops: Sendable {
    /// Orders that are worked on in one turn.
    static let batch = 64

    let saga: TradeSaga
    let market: MarketDesk
    let slot: DriverSlot<any Brokerage>
    let stuck: Gauge
    let actions: ActionLoop
    let logger: Logger
    let pause: @Sendable (Duration) async throws -> Void

    /// Runs until its task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await repeating("recovery of orders") { try await recover() } }
            group.addTask { await repeating("matching of orders") { try await match() } }
            group.addTask { await repeating("booking of splits and dividends") { try await actions.turn() } }
        }
    }

    private func repeating(_ name: String, _ body: () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                try await body()
            } catch  where !Task.isCancelled {
                logger.warning("\(name) did not succeed", metadata: ["error": "\(error)"])
            } catch {}
            try? await pause(saga.times.interval)
        }
    }

    /// Goes on with what is due, and says what is stuck.
    func recover() async throws {
        let context = CallContext.root(timeout: saga.times.request)
        let due = try await saga.orders.takeUnfinished(most: Self.batch, by: context.deadline)
        if !due.isEmpty { try await saga.faults.reach(.taken) }
        await each(due) { order, context in _ = try await saga.advance(order, context) }
        let left = try await saga.orders.stuck(after: saga.times.stuckAfter, by: context.deadline)
        stuck.set(Double(left.count))
        if !left.isEmpty {
            let ids = left.prefix(20).map(\.description).joined(separator: " ")
            logger.error("orders are stuck", metadata: ["count": "\(left.count)", "orders": "\(ids)"])
        }
    }

    /// Looks at the prices that limits wait for, and ends what has expired.
    func match() async throws {
        let context = CallContext.root(timeout: saga.times.request)
        let over = try await saga.orders.takeExpired(most: Self.batch, by: context.deadline)
        await each(over) { order, context in try await expire(order, context) }
        guard try slot.current.books == nil else {
            // The brokerage watches prices itself: it gets what waited here for another one.
            let held = try await saga.orders.takeHeld(most: Self.batch, by: context.deadline)
            return await each(held) { order, context in _ = try await saga.advance(order, context) }
        }
        let symbols = try await saga.orders.waitingSymbols(by: context.deadline)
        guard !symbols.isEmpty else { return }
        for (symbol, quote) in try await market.quotes(symbols, context) {
            let reached = try await saga.orders.waiting(symbol, at: quote, most: Self.batch, by: context.deadline)
            await each(reached) { order, context in try await fill(order, quote, context) }
        }
    }

    private func fill(_ order: Order, _ quote: BrokerageQuote, _ context: CallContext) async throws {
        // At a price of after a split, only what was adjusted to it.
        guard market.days.isBooked(order.terms.symbol, for: order.client) else { return }
        let question = order.brokerageOrder
        guard try await slot.use({ $0.mayFill(question, at: quote) }) else { return }
        var progress = order.progress
        guard progress.began() else { return }
        // Whoever records it first goes on with it.
        let begun = try await saga.orders.record(order, progress, quote: quote, by: context.deadline)
        try await saga.faults.reach(.held)
        _ = try await saga.advance(begun, context)
    }

    private func expire(_ order: Order, _ context: CallContext) async throws {
        var progress = order.progress
        guard progress.expired() else { return }
        try await saga.faults.reach(.expiring)
        let ended = try await saga.undo(order, progress, context)
        try await saga.faults.reach(.expired)
        _ = try await saga.advance(ended, context)
    }

    /// All at once: each begins while it is still this process's alone, and one that fails does not hinder the others.
    private func each(
        _ orders: [Order],
        _ body: @escaping @Sendable (Order, CallContext) async throws -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            for order in orders {
                group.addTask {
                    do {
                        try await body(order, CallContext.root(timeout: saga.times.request))
                    } catch is OrderStore.Superseded {
                        return
                    } catch {
                        logger.warning(
                            "an order did not go on",
                            metadata: ["order": "\(order.id)", "error": "\(error)"]
                        )
                    }
                }
            }
        }
    }
}
