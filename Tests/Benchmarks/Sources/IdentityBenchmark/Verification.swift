internal import Contracts
internal import Load
internal import RPC
internal import Reactor

/// Sessions verified over the wire, each time another one.
struct Verification: Workload {
    let auth: AuthClient
    let channel: RPCChannel
    let tokens: [String]

    var requestsPerStep: Int { 1 }

    func prepare() async throws {}

    func step(_ dice: inout Dice) async throws {
        var request = AuthVerifySessionRequest()
        request.token = tokens[Int(dice.next() % UInt64(tokens.count))]
        let response = try await auth.verifySession(request, .root(timeout: .seconds(10)))
        guard response.hasSession else { throw RPCError(.internalError, "no session came back") }
    }

    func close() { channel.close() }
}
