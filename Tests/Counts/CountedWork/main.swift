import Contracts
import Dispatch
import Glibc
import HTTP
import Observe
import RPC
import Reactor

// What Tests/Counts counts the instructions and allocations of; `count.py` starts it twice, with different numbers of calls:
//   CountedWork direct N        the handler itself
//   CountedWork local N         calls through a peer in this process
//   CountedWork deadline N      the same, where the caller sets a deadline
//   CountedWork client N PORT   calls through a channel, one at a time
//   CountedWork server          serves gRPC until its input ends; prints its port
//   CountedWork http            the same for GET /quotes/{symbol} over HTTP/1.1
// The main thread only waits: where it is given to tasks, Dispatch ends it, and valgrind falls over that.

func number(_ index: Int) -> Int? {
    CommandLine.arguments.count > index ? Int(CommandLine.arguments[index]) : nil
}

guard CommandLine.arguments.count > 1, let any = SocketAddress(parsing: "127.0.0.1:0") else { exit(64) }
let calls = number(2) ?? 0
let group = try EventLoopGroup(count: 1, blockingThreads: 1)
let service = EchoService(allocatesMore: getenv("COUNTED_EXTRA") != nil)
let table = try RPCServiceTable([service], observer: CallMetrics(MetricRegistry()))
let done = DispatchSemaphore(value: 0)

/// Does something on the loop while the main thread waits.
func onLoop(_ work: @escaping @Sendable () async throws -> Void) {
    Task(executorPreference: group.loops[0]) {
        do {
            try await work()
        } catch {
            print("\(error)")
            exit(70)
        }
        done.signal()
    }
    done.wait()
}

/// Serves until the input ends.
func serve(_ start: @escaping @Sendable () async throws -> SocketAddress) {
    onLoop {
        print("listening on \(try await start())")
        fflush(nil)
    }
    while readLine() != nil {}
}

switch CommandLine.arguments[1] {
case "direct":
    onLoop { try await repeatCalls(calls) { request, context in try await service.unary(request, context) } }
case "local", "deadline":
    let peer = RPCPeer(name: "echo", caller: Caller(plugin: "counted"))
    // With rules, as where there are any.
    let policy = CallerPolicy(
        try CallerRules(parsing: "echo: counted"),
        plugins: [type(of: service).serviceDescriptor.name: "echo"],
        metrics: MetricRegistry()
    )
    peer.bind(local: table, policy: policy)
    let client = EchoClient(peer)
    let timeout: Duration? = CommandLine.arguments[1] == "deadline" ? .seconds(600) : nil
    onLoop {
        try await repeatCalls(calls, timeout: timeout) { request, context in try await client.unary(request, context) }
    }
case "client":
    guard let port = number(3), let target = RPCTarget("127.0.0.1:\(port)") else { exit(64) }
    let peer = RPCPeer(name: "echo")
    peer.bind(remote: RPCChannel(target, group: group))
    let client = EchoClient(peer)
    onLoop {
        try await repeatCalls(calls, timeout: .seconds(600)) { request, context in
            try await client.unary(request, context)
        }
    }
case "server":
    let server = RPCServer(group: group, address: any, table: table)
    serve { try await server.start() }
case "http":
    let server = HTTPServer(group: group, address: any, handler: try QuoteRoute.handler().handle)
    serve { try await server.start() }
default:
    exit(64)
}
exit(0)
