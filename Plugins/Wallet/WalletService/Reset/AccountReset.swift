import Contracts
import Money
import Postgres
import RPC

/// Takes a reset through its steps: cancel what waits, bring the cash to the start, book the shares away. Any process
/// may go on with any reset from where the database says that it is.
struct AccountReset: Sendable {
    let store: ResetStore
    let saga: TradeSaga

    /// Goes on with a reset until it is done, or waits for an order that has begun to be executed before it.
    /// - Returns: whether it is done.
    func advance(_ reset: StoredReset, _ context: CallContext) async throws -> Bool {
        if reset.state == .done { return true }
        if reset.state == .closing {
            try await cancelAll(of: reset.client, context)
            guard try await store.close(reset, by: context.deadline) else { return false }
        }
        var request = ProfileResetCashRequest()
        request.userID = reset.client
        request.entryID = reset.id.description
        let balance = try await saga.profile.resetCash(request, context.with(timeout: saga.times.call))
        try await store.finish(reset, SharedAmount(balance.available.exact()), by: context.deadline)
        return true
    }

    private func cancelAll(of client: String, _ context: CallContext) async throws {
        let open = try await saga.orders.list(
            client,
            states: WalletOrderState.open.stored,
            before: .max,
            limit: 1000,
            by: context.deadline
        )
        for order in open {
            var progress = order.progress
            guard progress.cancelled() else { continue }
            do {
                let ended = try await saga.undo(order, progress, context)
                _ = try await saga.advance(ended, context)
            } catch is OrderStore.Superseded {
                // Its price has come just now: it is filled in the old account.
                _ = try await saga.advance(try await saga.reload(order, context), context)
            }
        }
    }
}
