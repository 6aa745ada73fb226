import Contracts
import RPC

extension WalletService {
    /// How long ago a change may have begun to be seen.
    static let window = Duration.seconds(60)

    /// Every order as it changes from now on, at most once a second: of several changes in between, where they led.
    func streamEvents(
        _ request: WalletStreamEventsRequest,
        _ responses: RPCWriter<WalletOrder>,
        _ context: CallContext
    ) async throws {
        let client = try context.client()
        var changes = OrderChanges()
        while true {
            let orders = try await saga.orders.changed(client, within: Self.window, by: context.deadline)
            for index in changes.news(orders.map { ($0.id, $0.progress.version) }) {
                try await responses.write(WalletOrder(orders[index]))
            }
            try await pause(saga.times.interval)
        }
    }
}
