import Contracts
import RPC

/// Says back what it is told.
struct EchoService: EchoServing {
    func unary(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        var response = EchoEchoResponse()
        response.text = request.text
        return response
    }
}
