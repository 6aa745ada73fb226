import Contracts
import Glibc
import HTTP
import Logging
import Observe
import RPC
import Reactor
import TLS
import UnixSignals

// Serves lonja.test.v1.Echo on a free loopback port or at ECHO_LISTEN, printed in the first line, with the metrics that
// every service has. SIGTERM drains. LONJA_HOST_LOOPS is how many loops, ECHO_BUSY_POLL for how many microseconds they
// look for more before they sleep (50, as in the host); ECHO_SPREAD=perLoop gives each a listening socket of its own;
// ECHO_METRICS=1 serves the metrics over HTTP on a port of their own, printed in a second line; with
// ECHO_TLS_CERTIFICATE and ECHO_TLS_KEY, PEM files that may be replaced, it speaks TLS, and with ECHO_TLS_AUTHORITIES
// mutual TLS. ECHO_AGE is how many milliseconds old a connection becomes.

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

let busyPoll = Duration.microseconds(variable("ECHO_BUSY_POLL").flatMap { Int($0) } ?? 50)
let group = try EventLoopGroup(count: variable("LONJA_HOST_LOOPS").flatMap { Int($0) }, busyPoll: busyPoll)
let health = HealthService()
let services: [any RPCService] = [EchoService(), health]
let metrics = MetricRegistry()
let table = try RPCServiceTable(services, observer: CallMetrics(metrics))
guard let address = SocketAddress(parsing: variable("ECHO_LISTEN") ?? "127.0.0.1:0") else { exit(70) }
var configuration = RPCServerConfiguration()
configuration.abuse = AbuseMeter(metrics)
if variable("ECHO_SPREAD") == "perLoop" { configuration.spread = .perLoop }
if let certificate = variable("ECHO_TLS_CERTIFICATE"), let key = variable("ECHO_TLS_KEY") {
    let authorities = variable("ECHO_TLS_AUTHORITIES")
    configuration.tls = try TLSSlot(
        "rpc",
        authorities == nil ? .publicServer : .mutual,
        files: TLSFiles(certificate: certificate, key: key, authorities: authorities),
        metrics: TLSMetrics(metrics)
    )
}
configuration.maximumConnectionAge = variable("ECHO_AGE").flatMap { Int($0) }.map { .milliseconds($0) }
let server = RPCServer(group: group, address: address, table: table, configuration: configuration)
let signals = await UnixSignalsSequence(trapping: .sigterm)
let bound = try await server.start()
print("listening on \(bound)")
if variable("ECHO_METRICS") != nil {
    let reader = HTTPServer(group: group, address: address) { _ in .text(metrics.prometheusText()) }
    print("metrics on \(try await reader.start())")
}
fflush(nil)

let slots = configuration.tls.map { [$0] } ?? []
await withTaskGroup { tasks in
    if !slots.isEmpty {
        tasks.addTask {
            let watcher = CertificateWatcher(slots)
            try? await watcher.run(on: group, logger: Logger(label: "echo"), interval: .milliseconds(200))
        }
    }
    for await _ in signals { break }
    await server.drain(deadline: .seconds(10))
    tasks.cancelAll()
}
exit(0)
