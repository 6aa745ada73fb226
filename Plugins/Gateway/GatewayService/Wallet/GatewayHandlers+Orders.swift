import Contracts
import HTTP
import RPC
import SwiftProtobuf

extension GatewayHandlers {
    /// The name of the wallet's metadata and of the field.
    private static let replayed = "idempotency-replayed"

    /// Says where the order is. An answer that was given before has `Idempotency-Replayed: true`, whether it is the order
    /// or why there is none.
    func placeOrder(
        _ body: APIPlaceOrderRequest,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        let message = WalletOrderRequest.with {
            $0.symbol = body.symbol
            $0.side = body.side
            $0.type = body.type
            $0.quantity = body.quantity
            $0.amount = body.amount
            $0.limitPrice = body.limitPrice
            $0.timeInForce = body.timeInForce
        }
        let received = ResponseMetadata()
        var call = context
        call.received = received
        do {
            let order = try await wallet.placeOrder(message, call)
            var response = RESTResponse.json(order, status: 201)
            response.fields.append("location", "/api/v1/wallet/orders/\(order.id)")
            response.fields.append(contentsOf: Self.fields(received))
            return response
        } catch {
            throw RESTRefusal(error, fields: Self.fields(received))
        }
    }

    private static func fields(_ received: ResponseMetadata) -> HTTPFields {
        received.trailing[replayed] == "true" ? [replayed: "true"] : [:]
    }
}
