import Glibc
import RPC
import Reactor
import UnixSignals

// Serves grpc.testing.TestService, and its load, on a loopback port, printed in the first line: a free one, or the argument. SIGTERM
// drains.

let group = try EventLoopGroup()
let load = ServerLoad()
let table = try RPCServiceTable([InteropService(load: load), InteropLoadService(load: load), HealthService()])
let port = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "0"
guard let address = SocketAddress(parsing: "127.0.0.1:\(port)") else {
    print("usage: InteropServer [PORT]")
    exit(64)
}
let server = RPCServer(group: group, address: address, table: table)
let signals = await UnixSignalsSequence(trapping: .sigterm)
let bound = try await server.start()
print("listening on \(bound)")
fflush(nil)

for await _ in signals { break }
await server.drain(deadline: .seconds(5))
exit(0)
