import Contracts
import Glibc
import RPC
import Reactor

// Calls the server of lonja.test.v1.Echo that the argument names in every way, and prints a line for each check: "ok NAME"
// or "FAILED NAME: why". `--list` prints the names alone. `--load SECONDS RATE` makes so many unary calls a second instead and
// prints how many there were, how many failed and why, and the rate that there was.

let checks = Check.calls + Check.endings
let arguments = CommandLine.arguments
if arguments == [arguments[0], "--list"] {
    for check in checks { print(check.name) }
    exit(0)
}
let isLoad = arguments.count == 5 && arguments[1] == "--load"
guard arguments.count == 2 || isLoad, let last = arguments.last else {
    print("usage: EchoCaller --list | TARGET | --load SECONDS RATE TARGET")
    exit(64)
}
guard let target = RPCTarget(last) else {
    print("\(last) is no target")
    exit(64)
}
let group = try EventLoopGroup()
let peer = RPCPeer(name: "echo")
peer.bind(remote: RPCChannel(target, group: group))
let client = EchoClient(peer)
if isLoad, let seconds = Int(arguments[2]), let rate = Int(arguments[3]) {
    let load = EchoLoad(client, seconds: seconds, rate: rate)
    print(await load.run(on: group))
    exit(load.failures == 0 ? 0 : 1)
}
for check in checks { print(try await group.next().run { await check.run(client) }) }
