import Contracts
import HTTP
import Observe
import RPC
import SwiftProtobuf

extension GatewayHandlers {
    /// The id of each event is the order's `updatedAt`; who shows it as `Last-Event-ID` misses nothing, and may see again
    /// what changed shortly before.
    func streamEvents(
        after: String?,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        var message = WalletStreamEventsRequest()
        message.after = after ?? ""
        // A browser that connects again sends the address of the first time, and where it came to since.
        if let seen = request.head.fields["last-event-id"], !seen.isEmpty { message.after = seen }
        guard message.after.isEmpty || WallTime(rfc3339: message.after) != nil else {
            throw RPCError.field("after", "invalid", "must be the id of an event")
        }
        return .events { [wallet, message] events in
            try await wallet.streamEvents(message, context) { orders in
                for try await order in orders { try await events.send("order", id: Self.id(order), order) }
            }
        }
    }

    private static func id(_ order: WalletOrder) -> String {
        WallTime(secondsSinceEpoch: order.updatedAt.seconds, nanoseconds: Int64(order.updatedAt.nanos)).description
    }
}
