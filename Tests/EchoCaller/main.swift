import Contracts
import Glibc
import RPC
import Reactor

// Calls the server of lonja.test.v1.Echo that the argument names in every way, and prints a line for each check: "ok NAME"
// or "FAILED NAME: why". `--list` prints the names alone.

let checks = Check.calls + Check.endings
guard CommandLine.arguments.count == 2 else {
    print("usage: EchoCaller --list | TARGET")
    exit(64)
}
if CommandLine.arguments[1] == "--list" {
    for check in checks { print(check.name) }
    exit(0)
}
guard let target = RPCTarget(CommandLine.arguments[1]) else {
    print("\(CommandLine.arguments[1]) is no target")
    exit(64)
}
let group = try EventLoopGroup()
let peer = RPCPeer(name: "echo")
peer.bind(remote: RPCChannel(target, group: group))
let client = EchoClient(peer)
for check in checks { print(try await group.next().run { await check.run(client) }) }
