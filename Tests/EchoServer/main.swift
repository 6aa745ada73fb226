import Contracts
import Glibc
import Observe
import RPC
import Reactor
import UnixSignals

// Serves lonja.test.v1.Echo on a free loopback port, printed in the first line, with the metrics that every service has.
// SIGTERM drains. LONJA_HOST_LOOPS is how many loops; ECHO_SPREAD=perLoop gives each a listening socket of its own.

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

let group = try EventLoopGroup(count: variable("LONJA_HOST_LOOPS").flatMap { Int($0) })
let health = HealthService()
let services: [any RPCService] = [EchoService(), health]
let metrics = MetricRegistry()
let table = try RPCServiceTable(services, observer: CallMetrics(metrics))
guard let address = SocketAddress(parsing: "127.0.0.1:0") else { exit(70) }
var configuration = RPCServerConfiguration()
configuration.abuse = AbuseMeter(metrics)
if variable("ECHO_SPREAD") == "perLoop" { configuration.spread = .perLoop }
let server = RPCServer(group: group, address: address, table: table, configuration: configuration)
let signals = await UnixSignalsSequence(trapping: .sigterm)
let bound = try await server.start()
print("listening on \(bound)")
fflush(nil)

for await _ in signals { break }
await server.drain(deadline: .seconds(10))
exit(0)
