import Contracts
import Logging
import Money
import Observe
import Plugin
import Postgres
import RPC

/// Takes an order through its steps: keep cash or shares, ask the brokerage, book the fill, move the cash. Each step is
/// recorded before it is taken and has the same effect when it is taken again, so any process may go on with any order
/// from where the database says that it is.
struct TradeSaga: Sendable {
    let orders: OrderStore
    let profile: ProfileClient
    let slot: DriverSlot<any Brokerage>
    let times: TradeTimes
    let now: @Sendable () -> WallTime
    let faults: Faults
    /// Lets the calling task wait.
    let pause: @Sendable (Duration) async throws -> Void

    /// Goes on with an order until it waits or is finished.
    /// - Parameter isNew: whether nobody can have asked the brokerage for it.
    /// - Throws: what stopped it; the order is as far as it came, and the recovery loop goes on with it.
    func advance(_ order: Order, isNew: Bool = false, _ context: CallContext) async throws -> Order {
        var (order, isNew) = (order, isNew)
        var losses = 0
        while true {
            do {
                switch order.progress.next {
                case .reserve:
                    order = try await reserve(order, context)
                    isNew = true
                case .begin:
                    order = try await begin(order, context)
                    isNew = true
                case .submit:
                    guard let answered = try await submit(order, isNew: isNew, context) else { return order }
                    order = answered
                    isNew = false
                case .settle: order = try await settle(order, context)
                case .wait:
                    // A brokerage that keeps orders has this one too.
                    guard try slot.current.books != nil, !isOver(order) else { return order }
                    order = try await begin(order, context)
                    isNew = true
                case .finish: return order
                }
            } catch is OrderStore.Superseded {
                isNew = false
                losses += 1
                // An order has less steps than that: something else is wrong, and the next attempt comes later.
                guard losses < 12 else { throw RPCError(.aborted, "another change came first; try again") }
                order = try await reload(order, context)
            }
        }
    }

    /// The order as it is now.
    func reload(_ order: Order, _ context: CallContext) async throws -> Order {
        guard let found = try await orders.find(order.id, by: context.deadline) else {
            throw RPCError(.internalError, "an order is gone")
        }
        return found
    }

    // MARK: Steps

    /// Keeps the cash of a purchase; a sale's shares were kept as it was placed.
    private func reserve(_ order: Order, _ context: CallContext) async throws -> Order {
        var progress = order.progress
        if isTooLate(order) {
            precondition(progress.abandoned(), "an accepted order can be abandoned")
            return try await orders.record(order, progress, by: context.deadline)
        }
        var request = ProfileHoldCashRequest()
        request.userID = order.client
        request.holdID = order.id.description
        request.amount = LonjaMoney(order.reserve, order.currency)
        do {
            _ = try await profile.holdCash(request, context.with(timeout: times.call))
        } catch let error as RPCError where error.reason == "insufficient-funds" {
            precondition(progress.refused("insufficient-funds"), "an accepted order can be refused")
            return try await orders.record(order, progress, by: context.deadline)
        }
        try await faults.reach(.reserved)
        precondition(progress.reserved(), "an accepted order becomes held")
        // The price was pinned as it was placed: what is about to be asked is recorded with what was answered.
        var books: String?
        if order.terms.type == .market {
            precondition(progress.began(), "a held order can begin")
            books = try slot.current.books
        }
        do {
            let held = try await orders.record(order, progress, books: books, by: context.deadline)
            try await faults.reach(.held)
            return held
        } catch is OrderStore.Superseded {
            // Somebody else went on. If the order came to nothing meanwhile, this hold must not outlive it.
            let found = try await reload(order, context)
            if found.progress.state.isFinal, found.progress.state != .filled { try await release(found, context) }
            return found
        }
    }

    /// Records that the brokerage is about to be asked: at the price that was pinned as a market order was placed, or for
    /// a limit order that the brokerage keeps.
    private func begin(_ order: Order, _ context: CallContext) async throws -> Order {
        var progress = order.progress
        if isTooLate(order) {
            precondition(progress.abandoned(), "a held order can be abandoned")
            return try await undo(order, progress, context)
        }
        precondition(progress.began(), "a held order can begin")
        return try await orders.record(order, progress, books: try slot.current.books, by: context.deadline)
    }

    /// Moves the cash that an ended order owes: captures, credits or releases it, under the order's id.
    private func settle(_ order: Order, _ context: CallContext) async throws -> Order {
        switch (order.progress.state, order.terms.side) {
        case (.filled, .buy):
            var request = ProfileCaptureHoldRequest()
            request.holdID = order.id.description
            request.amount = LonjaMoney(try total(order), order.currency)
            _ = try await profile.captureHold(request, context.with(timeout: times.call))
        case (.filled, .sell):
            var request = ProfileCreditCashRequest()
            request.userID = order.client
            request.entryID = order.id.description
            request.amount = LonjaMoney(try total(order), order.currency)
            _ = try await profile.creditCash(request, context.with(timeout: times.call))
        case (_, .buy): try await release(order, context)
        // A sale's shares were given back as it ended.
        case (_, .sell): break
        }
        try await faults.reach(.settled)
        var progress = order.progress
        precondition(progress.settled(), "what is owed can be settled")
        let done = try await orders.record(order, progress, by: context.deadline)
        try await faults.reach(.done)
        return done
    }

    private func total(_ order: Order) throws -> ExactDecimal {
        guard let fill = order.fill else { throw RPCError(.internalError, "a filled order has no fill") }
        return fill.total
    }

    /// Gives a hold back. That there is none is as good.
    private func release(_ order: Order, _ context: CallContext) async throws {
        var request = ProfileReleaseHoldRequest()
        request.holdID = order.id.description
        do {
            _ = try await profile.releaseHold(request, context.with(timeout: times.call))
        } catch let error as RPCError where error.code == .notFound {}
    }

    /// Records that an order comes to nothing; a sale's shares go back in the same transaction.
    func undo(_ order: Order, _ progress: OrderProgress, _ context: CallContext) async throws -> Order {
        guard order.terms.side == .sell else {
            return try await orders.record(order, progress, by: context.deadline)
        }
        var progress = progress
        progress.settledAtOnce()
        return try await orders.book(order, progress, nil, by: context.deadline)
    }

    /// Whether it is too late to ask the brokerage for a market order: its price is too old.
    func isTooLate(_ order: Order) -> Bool {
        order.terms.type == .market && order.createdAt.duration(to: now()) > times.patience
    }

    /// Whether what is left of an order is to be taken back from a brokerage that keeps it.
    func isOver(_ order: Order) -> Bool {
        isTooLate(order) || (order.expiresAt.map { $0.advanced(by: times.grace) <= now() } ?? false)
    }
}
