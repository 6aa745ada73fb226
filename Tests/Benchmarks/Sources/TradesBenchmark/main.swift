import Contracts
import Glibc
import Load
import RPC
import Reactor

// Trades at a wallet that is there already, and prints a line of JSON at the end:
//   TradesBenchmark TARGET CALLERS CLIENTS MILLISECONDS
// `trades.py` starts the servers, makes the clients and compares.

let words = CommandLine.arguments.dropFirst()
let numbers = words.dropFirst().compactMap { Int($0) }
guard let target = words.first.flatMap({ RPCTarget($0) }), numbers.count == 3 else {
    print("usage: TradesBenchmark TARGET CALLERS CLIENTS MILLISECONDS")
    exit(64)
}
let group = try EventLoopGroup(count: 1)
let measurement = try await group.loops[0].run {
    let channel = RPCChannel(target, group: group)
    let peer = RPCPeer(name: "wallet")
    peer.bind(remote: channel)
    let workload = RoundTrip(wallet: WalletClient(peer), channel: channel, clients: numbers[1])
    let load = ClosedLoop(callers: numbers[0], warmUp: .milliseconds(1500), duration: .milliseconds(numbers[2]))
    return try await load.run(workload)
}
print(measurement)
exit(0)
