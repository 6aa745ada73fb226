import Contracts
import HTTP
import Observe
import RPC
import SwiftProtobuf

/// GET /api/v1/wallet/events: orders as server-sent events named `order` as they change. The id of each is the order's
/// `updatedAt`; who shows it as `Last-Event-ID` misses nothing, and may see again what changed shortly before.
struct OrderEvents: Sendable {
    private static let lastSeen = "last-event-id"

    let wallet: WalletClient

    var route: RESTRoute {
        RESTRoute(events: "/api/v1/wallet/events") { [wallet] request, context in
            var message = WalletStreamEventsRequest()
            if let value = try request.query("after", as: String.self) { message.after = value }
            try request.finish()
            // A browser that connects again sends the address of the first time, and where it came to since.
            if let seen = request.head.fields[Self.lastSeen], !seen.isEmpty { message.after = seen }
            guard message.after.isEmpty || WallTime(rfc3339: message.after) != nil else {
                throw RPCError.field("after", "invalid", "must be the id of an event")
            }
            return .events { [message] events in
                try await wallet.streamEvents(message, context) { orders in
                    for try await order in orders { try await events.send("order", id: Self.id(order), order) }
                }
            }
        }
    }

    private static func id(_ order: WalletOrder) -> String {
        WallTime(secondsSinceEpoch: order.updatedAt.seconds, nanoseconds: Int64(order.updatedAt.nanos)).description
    }
}
