import Contracts
import HTTP
import RPC

/// POST /api/v1/wallet/orders: places an order once per `Idempotency-Key`, and says where it is. An answer that was
/// given before has `Idempotency-Replayed: true`, whether it is the order or why there is none.
struct OrderPlacement: Sendable {
    static let path: StaticString = "/api/v1/wallet/orders"
    /// The name of the wallet's metadata and of the field.
    private static let replayed = "idempotency-replayed"

    let wallet: WalletClient

    var route: RESTRoute {
        RESTRoute(.post, Self.path) { [wallet] request, context in
            let message = try request.body(WalletOrderRequest.self)
            try request.finish()
            let received = ResponseMetadata()
            var call = context
            call.received = received
            do {
                let order = try await wallet.placeOrder(message, call)
                var response = RESTResponse.json(order, status: 201)
                response.fields.append("location", "\(Self.path)/\(order.id)")
                response.fields.append(contentsOf: Self.fields(received))
                return response
            } catch {
                throw RESTRefusal(error, fields: Self.fields(received))
            }
        }
    }

    private static func fields(_ received: ResponseMetadata) -> HTTPFields {
        received.trailing[replayed] == "true" ? [replayed: "true"] : [:]
    }
}
