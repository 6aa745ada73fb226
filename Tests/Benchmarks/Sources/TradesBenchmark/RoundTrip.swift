internal import Contracts
internal import Load
internal import RPC
internal import Reactor

/// A purchase and the sale of what was bought, at the market, by one of many clients: two trades, each through the whole
/// saga before it is answered.
struct RoundTrip: Workload {
    private static let symbols = ["AAPL", "GOOG", "IBM", "MSFT"]

    let wallet: WalletClient
    let channel: RPCChannel
    let clients: Int

    var requestsPerStep: Int { 2 }

    func prepare() async throws {}

    func step(_ dice: inout Dice) async throws {
        let client = Int(dice.next() % UInt64(clients)) + 1
        let symbol = Self.symbols[Int(dice.next() % UInt64(Self.symbols.count))]
        for side in ["buy", "sell"] {
            var context = CallContext.root(timeout: .seconds(30))
            try context.outgoing.append(CallContext.clientMetadata, Self.userID(client))
            try context.outgoing.append("idempotency-key", String(dice.next(), radix: 36))
            var request = WalletOrderRequest()
            request.symbol = symbol
            request.side = side
            request.type = "market"
            request.quantity = "1"
            let order = try await wallet.placeOrder(request, context)
            guard order.state == .filled else { throw RPCError(.internalError, "an order is \(order.state)") }
        }
    }

    func close() { channel.close() }

    /// The id of the client with this number, as `trades.py` makes them.
    private static func userID(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }
}
