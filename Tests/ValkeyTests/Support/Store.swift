import Reactor
import Synchronization
import TestServers
import Testing

@testable import Valkey

/// A server, loops with a watchdog, and clients: what an integration test works with.
final class Store: Sendable {
    let server: StoreProcess
    let group: EventLoopGroup
    let client: ValkeyClient

    private init(_ server: StoreProcess, _ group: EventLoopGroup, _ configuration: ValkeyConfiguration) {
        self.server = server
        self.group = group
        client = ValkeyClient(configuration, group: group)
    }

    /// Runs a test on a loop, with a fresh server on a unix socket.
    static func run(
        loops: Int = 1,
        _ options: [String] = [],
        configure: (inout ValkeyConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Store) async throws -> Void
    ) async throws {
        let server = try StoreProcess(options)
        try await server.start()
        defer { server.kill() }
        var configuration = ValkeyConfiguration(.one(try server.unix))
        configure(&configuration)
        try await withLoops(loops) { [configuration] group in
            let store = Store(server, group, configuration)
            defer { store.client.close() }
            try await body(store)
        }
    }

    /// Runs a test on a loop of a group that is watched: no step of the client may hold its loop. Steps of tasks are
    /// left out, as they are mostly the test's own, which starts processes and thousands of tasks; see `WatchdogTests`.
    static func withLoops(
        _ count: Int = 1,
        _ body: @escaping @Sendable (EventLoopGroup) async throws -> Void
    ) async throws {
        let held = Mutex<[String]>([])
        let watchdog = LoopWatchdog(limit: StepLimit.step, clock: .processor, wallLimit: StepLimit.wall) {
            _,
            time,
            name in
            if !name.hasPrefix("a task") { held.withLock { $0.append("\(name): \(time)") } }
        }
        let group = try EventLoopGroup(count: count, observer: watchdog)
        defer { group.shutdownAside() }
        try await group.loops[0].run { try await body(group) }
        let names = held.withLock { $0 }
        #expect(names.isEmpty, "loops were held")
    }

    /// A second client with another configuration.
    func client(_ change: (inout ValkeyConfiguration) -> Void = { _ in }) -> ValkeyClient {
        var configuration = client.configuration
        change(&configuration)
        return ValkeyClient(configuration, group: group)
    }
}

/// The code of what `body` throws; nil if it throws nothing.
func code(_ body: () async throws(ValkeyError) -> Void) async -> ValkeyError.Code? {
    await failure(body)?.code
}

/// What `body` throws; nil if it throws nothing.
func failure(_ body: () async throws(ValkeyError) -> Void) async -> ValkeyError? {
    do throws(ValkeyError) {
        try await body()
        return nil
    } catch {
        return error
    }
}

/// Asks again and again until it is so, for half a minute at the most.
func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<3000 {
        if try await isSo() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

extension MonotonicTime {
    static func `in`(_ duration: Duration) -> MonotonicTime { now().advanced(by: duration) }
}
