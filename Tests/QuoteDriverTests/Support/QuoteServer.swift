import Fetch
import HTTP
import Observe
import RPC
import Reactor
import TestServers

/// A server of the folder Servers, with the loops that its clients use.
final class QuoteServer: Sendable {
    /// The market's moment in `world.py`: Wednesday, 11:00 in New York.
    static let now = WallTime(secondsSinceEpoch: 1_773_241_200)

    let port: UInt16
    let loops: EventLoopGroup
    private let process: ServerProcess
    private let client: FetchClient

    init(_ script: String, _ arguments: [String]) throws {
        process = try ServerProcess.python("QuoteDriverTests/Servers/\(script)", arguments)
        port = try process.port()
        loops = try EventLoopGroup(count: 2)
        client = FetchClient(group: loops)
    }

    func get(_ path: String) async throws -> JSONValue {
        let answer = try await client.fetch(FetchRequest(.get, try FetchURL("http://127.0.0.1:\(port)\(path)")))
        guard let value = JSONValue(parsing: answer.body, maximumBytes: 8 << 20) else {
            throw TestServerError("\(path) is no JSON")
        }
        return value
    }

    /// How many requests it has seen, those for itself not counted.
    func requestCount() async throws -> Int {
        try await get("/seen")["requests"]?.number.flatMap { Int($0) } ?? -1
    }

    func stop() {
        process.end()
        loops.shutdown()
    }
}
