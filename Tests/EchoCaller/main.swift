import Contracts
import Glibc
import Logging
import RPC
import Reactor
import TLS
import UnixSignals

// Calls the server of lonja.test.v1.Echo that the argument names in every way, and prints a line for each check: "ok NAME"
// or "FAILED NAME: why". `--list` prints the names alone. `--load SECONDS RATE` makes so many unary calls a second instead,
// until SIGTERM at the latest, and prints how many there were, how many failed and why, and the rate that there was. With
// ECHO_TLS_CERTIFICATE, ECHO_TLS_KEY and ECHO_TLS_AUTHORITIES, PEM files that may be replaced, it speaks mutual TLS with a
// server that is called echo.

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
func file(_ part: String) -> String? { getenv("ECHO_TLS_\(part)").map { String(cString: $0) } }

let group = try EventLoopGroup()
let peer = RPCPeer(name: "echo")
var configuration = RPCChannelConfiguration()
if let certificate = file("CERTIFICATE"), let key = file("KEY"), let authorities = file("AUTHORITIES") {
    let files = TLSFiles(certificate: certificate, key: key, authorities: authorities)
    configuration.tls = RPCChannelTLS(try TLSSlot("rpc", .mutual, files: files), service: "echo")
}
let slots = configuration.tls.map { [$0.slot] } ?? []
peer.bind(remote: RPCChannel(target, group: group, configuration: configuration))
let client = EchoClient(peer)
await withTaskGroup { tasks in
    if !slots.isEmpty {
        tasks.addTask {
            let watcher = CertificateWatcher(slots)
            try? await watcher.run(on: group, logger: Logger(label: "echo"), interval: .milliseconds(200))
        }
    }
    if isLoad, let seconds = Int(arguments[2]), let rate = Int(arguments[3]) {
        let load = EchoLoad(client, seconds: seconds, rate: rate)
        let signals = await UnixSignalsSequence(trapping: .sigterm)
        tasks.addTask { for await _ in signals { load.stop() } }
        print(await load.run(on: group))
        exit(load.failures == 0 ? 0 : 1)
    }
    for check in checks {
        print((try? await group.next().run { await check.run(client) }) ?? "FAILED \(check.name): the loop has ended")
    }
    tasks.cancelAll()
}
