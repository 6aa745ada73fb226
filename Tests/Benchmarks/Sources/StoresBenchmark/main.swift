import Load
import Reactor

// Puts load on a server that is already there, through our client on one loop, and prints one line of JSON:
//   StoresBenchmark postgres-select socket=/tmp/x connections=8 callers=8 seconds=2 range=1000000
// `stores.py` starts the servers and compares.

do {
    let options = try Options(CommandLine.arguments.dropFirst())
    let group = try EventLoopGroup(count: 1)
    let workload = try options.makeWorkload(group)
    let load = ClosedLoop(callers: options.callers, warmUp: options.warmUp, duration: options.duration)
    let measurement = try await group.loops[0].run {
        try await workload.prepare()
        return try await load.run(workload)
    }
    workload.close()
    print(measurement)
} catch {
    fail("StoresBenchmark: \(error)")
}
