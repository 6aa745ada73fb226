import Contracts
import RPC
import Reactor

/// Times sequential calls through one peer.
struct Measurement: Sendable {
    let name: String
    let client: EchoClient
    let calls: Int
    let timeout: Duration?

    /// Nanoseconds a call: the median of seven rounds, after one that is not counted. On a loop, as services are.
    func run() async throws -> Double {
        var request = EchoEchoRequest()
        request.text = "thirty-two bytes of plain text.."
        let context = CallContext.root(timeout: timeout)
        var rounds: [Double] = []
        for _ in 0..<8 {
            let start = MonotonicTime.now()
            var answered = 0
            for _ in 0..<calls where try await client.unary(request, context).text == request.text { answered += 1 }
            let spent = MonotonicTime.now().nanoseconds - start.nanoseconds
            guard answered == calls else { throw RPCError(.dataLoss, "\(calls - answered) answers were wrong") }
            rounds.append(Double(spent) / Double(calls))
        }
        return rounds.dropFirst().sorted()[3]
    }
}
