import Contracts
import Logging
import Money
import Observe
import Plugin
import Postgres
import RPC

extension WalletService {
    func placeOrder(_ request: WalletOrderRequest, _ context: CallContext) async throws -> WalletOrder {
        let client = try context.client()
        let key = try IdempotencyKey.read(context)
        let terms = try OrderTerms(request)
        try await saga.faults.reach(.received)
        let context = context.with(timeout: saga.times.request)
        if let order = try await earlier(client, key, terms, context) { return try await answer(order, context) }
        let quote = try await desk.quote(terms.symbol, context)
        let brokerage = try brokerage()
        let draft = try OrderDraft(terms, at: quote, brokerage)
        let expiry = terms.type == .limit && terms.timeInForce == .day ? try await desk.endOfDay(context) : nil
        let now = saga.now()
        let order = Order(
            id: .random(),
            client: client,
            terms: terms,
            quantity: draft.quantity,
            currency: quote.currency,
            reserve: draft.reserve,
            worstPrice: draft.worstPrice,
            progress: OrderProgress(placing: terms.type),
            quote: quote,
            // A sale's shares are kept as it is placed, and then the brokerage is asked.
            books: terms.side == .sell && terms.type == .market ? brokerage.books : nil,
            expiresAt: expiry,
            createdAt: now,
            updatedAt: now
        )
        try await saga.faults.reach(.checked)
        guard let placed = try await saga.orders.place(order, key: key, by: context.deadline) else {
            // The same key at the same time.
            guard let order = try await earlier(client, key, terms, context) else {
                throw RPCError(.aborted, "another change came first; try again")
            }
            return try await answer(order, context)
        }
        try await saga.faults.reach(.placed)
        return try await answer(placed, isNew: true, context)
    }

    func previewOrder(_ request: WalletOrderRequest, _ context: CallContext) async throws -> WalletOrderPreview {
        _ = try context.client()
        let terms = try OrderTerms(request)
        let quote = try await desk.quote(terms.symbol, context)
        let draft = try OrderDraft(terms, at: quote, brokerage())
        var preview = WalletOrderPreview()
        preview.price = LonjaMoney(draft.price, quote.currency)
        preview.quantity = draft.quantity.normalized.description
        preview.fee = .cash(draft.fee, quote.currency)
        preview.total = .cash(draft.total, quote.currency)
        preview.asOf = .init(quote.asOf)
        preview.delaySeconds = Int32(
            clamping: max(0, saga.now().secondsSinceEpoch - quote.asOf.secondsSinceEpoch)
        )
        return preview
    }

    func getOrder(_ request: WalletGetOrderRequest, _ context: CallContext) async throws -> WalletOrder {
        WalletOrder(try await order(request.id, context))
    }

    func getOrderHistory(_ request: WalletGetOrderRequest, _ context: CallContext) async throws -> WalletOrderHistory {
        var answer = WalletOrderHistory()
        answer.items = try await saga.orders.history(
            of: try await order(request.id, context),
            by: context.deadline
        )
        return answer
    }

    func listOrders(_ request: WalletListOrdersRequest, _ context: CallContext) async throws -> WalletListOrdersResponse
    {
        let client = try context.client()
        let limit = try Self.limit(request.limit)
        let orders = try await saga.orders.list(
            client,
            states: request.state.stored,
            before: Self.cursor(request.cursor),
            limit: limit + 1,
            by: context.deadline
        )
        var response = WalletListOrdersResponse()
        response.items = orders.prefix(limit).map { WalletOrder($0) }
        if orders.count > limit { response.nextCursor = String(orders[limit - 1].number, radix: 36) }
        return response
    }

    func cancelOrder(_ request: WalletCancelOrderRequest, _ context: CallContext) async throws -> WalletOrder {
        let context = context.with(timeout: saga.times.request)
        var order = try await order(request.id, context)
        for _ in 0..<8 {
            var progress = order.progress
            if progress.cancelled() {
                do {
                    try await saga.faults.reach(.cancelling)
                    let ended = try await saga.undo(order, progress, context)
                    try await saga.faults.reach(.cancelled)
                    return WalletOrder(await advanced(ended, context))
                } catch is OrderStore.Superseded {
                    order = try await saga.reload(order, context)
                    continue
                }
            }
            if progress.state == .cancelled { return WalletOrder(order) }
            guard !progress.state.isFinal else {
                throw RPCError(
                    .failedPrecondition,
                    "the order is open no more: it is \(progress.state.rawValue)",
                    reason: "order-closed"
                )
            }
            if progress.state == .executing, order.books != nil {
                guard let ended = try await saga.withdraw(order, context) else { return WalletOrder(order) }
                order = await advanced(ended, context)
                continue
            }
            // Its cash is just being kept, or it is just being executed: that ends first.
            order = try await saga.advance(order, context)
        }
        throw RPCError(.aborted, "another change came first; try again")
    }

    // MARK: Steps

    /// The order that was placed under a key.
    /// - Throws: ALREADY_EXISTS if it is another one.
    private func earlier(
        _ client: String,
        _ key: String,
        _ terms: OrderTerms,
        _ context: CallContext
    ) async throws -> Order? {
        guard let found = try await saga.orders.find(client, key: key, by: context.deadline) else { return nil }
        guard found.fingerprint == terms.fingerprint else { throw IdempotencyKey.reused }
        try context.response?.updateTrailing { try $0.append(IdempotencyKey.replayed, "true") }
        return found.order
    }

    /// What whoever placed an order is told, now or when asking again: the order; or why it was rejected.
    private func answer(_ order: Order, isNew: Bool = false, _ context: CallContext) async throws -> WalletOrder {
        let order = try await advancedOrCrash(order, isNew: isNew, context)
        if order.progress.state == .rejected { throw OrderProblem.error(order.progress.problem ?? "not-executed") }
        return WalletOrder(order)
    }

    /// The order as far as it came: if a peer is away, the recovery goes on with it later.
    private func advanced(_ order: Order, _ context: CallContext) async -> Order {
        (try? await advancedOrCrash(order, context)) ?? order
    }

    private func advancedOrCrash(
        _ order: Order,
        isNew: Bool = false,
        _ context: CallContext
    ) async throws -> Order {
        do {
            return try await saga.advance(order, isNew: isNew, context)
        } catch let error where Self.isPassing(error) {
            logger.warning("an order waits for recovery", metadata: ["order": "\(order.id)", "error": "\(error)"])
            let late = CallContext.root(timeout: .seconds(1))
            return (try? await saga.reload(order, late)) ?? order
        }
    }

    private static func isPassing(_ error: any Error) -> Bool {
        error is RPCError || error is PostgresError || error is BrokerageError || error is DriverError
            || error is DecimalError
    }

    /// - Throws: NOT_FOUND for an order of nobody, or of somebody else.
    private func order(_ id: String, _ context: CallContext) async throws -> Order {
        let client = try context.client()
        guard let id = PostgresUUID(parsing: id),
            let order = try await saga.orders.find(id, of: client, by: context.deadline)
        else { throw RPCError(.notFound, "there is no such order", reason: "unknown-order") }
        return order
    }

    private func brokerage() throws(RPCError) -> any Brokerage {
        do {
            return try saga.slot.current
        } catch {
            throw RPCError(.unavailable, "no brokerage: \(error.code)")
        }
    }
}
