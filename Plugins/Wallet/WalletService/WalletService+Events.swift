import Contracts
import Observe
import RPC

extension WalletService {
    /// How long ago a change may have begun to be seen.
    static let window = Duration.seconds(60)

    /// Every order as it changes from now on, or after what was seen, at most once a second: of several changes in
    /// between, where they led.
    func streamEvents(
        _ request: WalletStreamEventsRequest,
        _ responses: RPCWriter<WalletOrder>,
        _ context: CallContext
    ) async throws {
        let client = try context.client()
        let after = try Self.time(request.after)
        var changes = OrderChanges(isResumed: after != nil)
        var start = (after ?? saga.now()).advanced(by: .zero - Self.window)
        while true {
            let turn = saga.now()
            var last: Order?
            repeat {
                let page = try await saga.orders.changed(client, after: last, since: start, by: context.deadline)
                for index in changes.news(page.map { ($0.id, $0.progress.version) }) {
                    try await responses.write(WalletOrder(page[index]))
                }
                last = page.count < OrderStore.changesPage ? nil : page.last
            } while last != nil
            changes.endTurn()
            start = turn.advanced(by: .zero - Self.window)
            try await pause(saga.times.interval)
        }
    }

    private static func time(_ text: String) throws(RPCError) -> WallTime? {
        if text.isEmpty { return nil }
        guard let time = WallTime(rfc3339: text) else {
            throw .field("after", "invalid", "must be the updatedAt of an order")
        }
        return time
    }
}
