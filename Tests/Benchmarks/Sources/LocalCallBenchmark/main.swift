import Contracts
import Observe
import RPC
import Reactor

// Prints nanoseconds a call: through a peer in this process (caller and handler are in this executable, everything
// between them in libContracts.so and libMeshKit.so), and through the same peer bound to a channel over loopback TCP.

let group = try EventLoopGroup(count: 1)
let table = try RPCServiceTable([EchoService()], observer: CallMetrics(MetricRegistry()))
let near = RPCPeer(name: "near")
near.bind(local: table)

guard let any = SocketAddress(parsing: "127.0.0.1:0") else { preconditionFailure("loopback is an address") }
let server = RPCServer(group: group, address: any, table: table)
let address = try await server.start()
guard let target = RPCTarget("\(address)") else { preconditionFailure("\(address) is a target") }
let far = RPCPeer(name: "far")
far.bind(remote: RPCChannel(target, group: group))

let measurements = [
    Measurement(name: "in process", client: EchoClient(near), calls: 200_000, timeout: nil),
    Measurement(
        name: "in process, the caller sets a deadline",
        client: EchoClient(near),
        calls: 50_000,
        timeout: .seconds(60)
    ),
    Measurement(name: "over loopback TCP, one at a time", client: EchoClient(far), calls: 5_000, timeout: .seconds(60)),
]
for measurement in measurements {
    let nanoseconds = try await group.loops[0].run { try await measurement.run() }
    let tenths = Int((nanoseconds / 10).rounded())
    print("\(measurement.name): \(tenths / 100).\(tenths % 100 < 10 ? "0" : "")\(tenths % 100) µs a call")
}
