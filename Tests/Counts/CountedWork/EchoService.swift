import Contracts
import RPC

/// Says back what it is told; with one allocation more than it needs where a test of the counts asks for that.
struct EchoService: EchoServing {
    let allocatesMore: Bool

    func unary(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        var response = EchoEchoResponse()
        response.text = request.text
        if allocatesMore { response.text.append("and so this text has to move to a place of its own") }
        return response
    }
}

/// Calls one after the other, whose answers must be what was asked.
func repeatCalls(
    _ count: Int,
    timeout: Duration? = nil,
    _ call: (EchoEchoRequest, CallContext) async throws -> EchoEchoResponse
) async throws {
    var request = EchoEchoRequest()
    request.text = "thirty-two bytes of plain text.."
    let context = CallContext.root(timeout: timeout)
    for _ in 0..<count {
        guard try await call(request, context).text.hasPrefix(request.text) else {
            throw RPCError(.dataLoss, "the answer is wrong")
        }
    }
}
