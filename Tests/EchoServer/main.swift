import Contracts
import Glibc
import RPC
import Reactor
import UnixSignals

// Serves lonja.test.v1.Echo on a free loopback port, printed in the first line. SIGTERM drains.

let group = try EventLoopGroup(count: getenv("LONJA_HOST_LOOPS").flatMap { Int(String(cString: $0)) })
let health = HealthService()
let services: [any RPCService] = [EchoService(), health]
let table = try RPCServiceTable(services)
guard let address = SocketAddress(parsing: "127.0.0.1:0") else { exit(70) }
let server = RPCServer(group: group, address: address, table: table)
let bound = try await server.start()
print("listening on \(bound)")
fflush(nil)

for await _ in await UnixSignalsSequence(trapping: .sigterm) { break }
await server.drain(deadline: .seconds(10))
exit(0)
