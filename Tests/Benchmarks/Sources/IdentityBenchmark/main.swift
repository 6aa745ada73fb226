import Contracts
import Glibc
import Load
import RPC
import Reactor

// Verifies sessions of an auth that is there already, and prints a line when it has logged in, and one of JSON at the end:
//   IdentityBenchmark TARGET PROFILE-PORT CALLERS SESSIONS MILLISECONDS
// It serves profile itself, on the port at which auth looks for it. `identity.py` starts the servers and compares.

let words = CommandLine.arguments.dropFirst()
let numbers = words.dropFirst().compactMap { Int($0) }
guard let target = words.first.flatMap({ RPCTarget($0) }), numbers.count == 4,
    let address = SocketAddress(parsing: "127.0.0.1:\(numbers[0])")
else {
    print("usage: IdentityBenchmark TARGET PROFILE-PORT CALLERS SESSIONS MILLISECONDS")
    exit(64)
}
let group = try EventLoopGroup(count: 1)
let profile = RPCServer(group: group, address: address, table: try RPCServiceTable([OneAccount()]))
_ = try await profile.start()
let channel = RPCChannel(target, group: group)
let peer = RPCPeer(name: "auth")
peer.bind(remote: channel)
let auth = AuthClient(peer)

let measurement = try await group.loops[0].run {
    var tokens: [String] = []
    for number in 1...numbers[2] {
        var context = CallContext.root(timeout: .seconds(20))
        // A network each, which all have their limits.
        try context.outgoing.append(CallContext.addressMetadata, "10.0.\(number / 250).\(number % 250)")
        var request = AuthLoginRequest()
        request.email = "\(number)@example.com"
        request.password = "any"
        // Until auth has found the profile of this run, in the place of that of the last one.
        var left = 200
        while true {
            do {
                tokens.append(try await auth.login(request, context).token)
                break
            } catch let error as RPCError where error.code == .unavailable && left > 0 {
                left -= 1
                try await group.loops[0].sleep(for: .milliseconds(50))
            }
        }
    }
    print("logged in")
    fflush(nil)
    let workload = Verification(auth: auth, channel: channel, tokens: tokens)
    let load = ClosedLoop(callers: numbers[1], warmUp: .milliseconds(500), duration: .milliseconds(numbers[3]))
    return try await load.run(workload)
}
print(measurement)
exit(0)
