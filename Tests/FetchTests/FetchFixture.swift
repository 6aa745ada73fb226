import HTTP
import Reactor
import Synchronization
import TestServers
import Testing

@testable import Fetch

/// Steps of a loop that took too long, as the watchdog reports them: what they compute counts, not what a busy machine
/// takes away from them. Three times the limit, as each scenario runs once, and may be the first of its process; the limit
/// itself is held by the `Blocked` tests.
final class HeldSteps: Sendable {
    private let steps = Mutex<[String]>([])

    var all: [String] { steps.withLock { $0 } }

    func add(_ text: String) { steps.withLock { $0.append(text) } }

    /// A group whose loops are watched.
    func group(_ count: Int = 2) throws -> EventLoopGroup {
        let watchdog = LoopWatchdog(limit: StepLimit.step * 3, clock: .processor, wallLimit: StepLimit.wall) {
            self.add("loop \($0) \($1) \($2)")
        }
        return try EventLoopGroup(count: count, observer: watchdog)
    }
}

/// Runs a server of ours, and a client on loops of its own, for as long as `body` runs.
func withFetch(
    _ change: (inout FetchClientConfiguration) -> Void = { _ in },
    server changeServer: (inout HTTPServerConfiguration) -> Void = { _ in },
    at address: String = "127.0.0.1:0",
    loops: Int = 2,
    handler: @escaping HTTPHandler,
    _ body: (FetchClient, String, EventLoopGroup) async throws -> Void
) async throws {
    let held = HeldSteps()
    let group = try held.group(loops)
    let serverGroup = try EventLoopGroup(count: 1)
    var serverConfiguration = HTTPServerConfiguration.mesh
    serverConfiguration.maximumConnectionsPerAddress = 10_000
    changeServer(&serverConfiguration)
    let server = HTTPServer(
        group: serverGroup,
        address: try #require(SocketAddress(parsing: address)),
        configuration: serverConfiguration,
        handler: handler
    )
    let bound = try await server.start()
    var configuration = FetchClientConfiguration()
    change(&configuration)
    let client = FetchClient(group: group, configuration: configuration)
    let result: Result<Void, any Error>
    do {
        try await body(client, "http://\(bound)", group)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    client.close()
    let counts = try await client.transferCounts()
    #expect(counts.allSatisfy { $0 == 0 }, "every transfer is gone")
    await server.drain(deadline: .zero)
    group.shutdown()
    serverGroup.shutdown()
    #expect(held.all.isEmpty, "no loop is held")
    try result.get()
}

func request(_ url: String, _ method: HTTPMethod = .get, body: FetchBody = .empty) throws -> FetchRequest {
    FetchRequest(method, try FetchURL(url), body: body)
}

func soon(_ duration: Duration) -> MonotonicTime { MonotonicTime.now().advanced(by: duration) }

extension FetchClient {
    func get(_ url: String, deadline: MonotonicTime? = nil, limit: Int? = nil) async throws -> FetchResponse {
        try await fetch(request(url), deadline: deadline, limit: limit)
    }

    /// What a request fails with; nil when it does not. (No closures here: one within a macro and one beside it may get
    /// the same name, and the linker then keeps only one of them.)
    func failure(_ request: FetchRequest, deadline: MonotonicTime? = nil) async -> FetchError? {
        do {
            _ = try await fetch(request, deadline: deadline)
            return nil
        } catch {
            return error as? FetchError ?? FetchError(.internalError, "an unexpected error: \(error)")
        }
    }

    func failure(_ url: String, deadline: MonotonicTime? = nil) async -> FetchError? {
        guard let request = try? request(url) else { return FetchError(.invalidURL, "in the test") }
        return await failure(request, deadline: deadline)
    }
}
