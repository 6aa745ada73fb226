import Contracts
import Plugin
import RPC

extension WalletService {
    func resetWallet(_ request: WalletResetWalletRequest, _ context: CallContext) async throws -> WalletSummary {
        let client = try context.client()
        let key = try IdempotencyKey.read(context)
        let context = context.with(timeout: saga.times.request)
        let reset = AccountReset(store: resets, saga: saga)
        var found = try await resets.find(client, key: key, by: context.deadline)
        if found == nil {
            guard try isPaper() else {
                throw RPCError(.failedPrecondition, "real shares are not reset", reason: "not-paper")
            }
            found = try await resets.begin(client, key: key, by: context.deadline)
        }
        guard let found, try await reset.advance(found, context) else {
            throw RPCError(.aborted, "an order is being executed; the reset goes on after it")
        }
        return try await getWallet(WalletGetWalletRequest(), context)
    }

    private func isPaper() throws(RPCError) -> Bool {
        do {
            return try saga.slot.current.isPaper
        } catch {
            throw RPCError(.unavailable, "no brokerage: \(error.code)")
        }
    }
}
