import Fetch
import HTTP
public import Reactor

/// Alpaca's trading API, spoken strictly by a local server; what it does next is told through its door `/control`.
public final class AlpacaServer: Sendable {
    /// What the server has.
    public struct Counts: Sendable {
        /// Orders that were taken.
        public let posts: Int
        /// Executions, of whole orders or of parts.
        public let executions: Int
    }

    /// The credentials that it knows.
    public static let key = "PKTEST", secret = "good-secret"

    /// Where it answers.
    public let port: UInt16
    private let process: ServerProcess
    private let client: FetchClient
    private let door: FetchURL

    /// Starts one.
    /// - Parameter options: as alpaca_server.py says, such as `ack=0`.
    public init(_ options: [String] = [], loops: EventLoopGroup) throws {
        process = try ServerProcess.python(
            "Support/TestServers/Servers/alpaca_server.py",
            [Self.key, Self.secret] + options
        )
        port = try process.port()
        client = FetchClient(group: loops, configuration: FetchClientConfiguration())
        door = try FetchURL("http://127.0.0.1:\(port)/control")
    }

    /// The settings with which the driver finds it.
    public var settings: [String: String] {
        [
            "wallet.alpaca.url": "http://127.0.0.1:\(port)", "wallet.alpaca.key": Self.key,
            "wallet.alpaca.secret": Self.secret,
        ]
    }

    /// What shares are executed at from now on.
    public func price(_ symbol: String, _ price: String) async throws {
        try await tell("{\"prices\":{\"\(symbol)\":\"\(price)\"}}")
    }

    /// What happens to the next requests of a kind: `orders`, `cancels` or `answers`.
    public func plan(_ kind: String, _ plans: [String]) async throws {
        let items = plans.map { "\"\($0)\"" }.joined(separator: ",")
        try await tell("{\"\(kind)\":[\(items)]}")
    }

    /// Ends what holds orders back.
    public func release() async throws { try await tell("{\"release\":\"*\"}") }

    /// What it has taken and executed.
    public func counts() async throws -> Counts {
        let text = try await client.fetch(FetchRequest(.get, door)).text
        return Counts(posts: Self.number("posts", text), executions: Self.number("executions", text))
    }

    /// Stops it in its tracks, or lets it go on.
    public func freeze(_ isFrozen: Bool) { process.freeze(isFrozen) }

    /// Ends it.
    public func end() {
        client.close()
        process.end()
    }

    private func tell(_ text: String) async throws {
        var request = FetchRequest(.post, door)
        request.body = .bytes(Array(text.utf8))
        let answer = try await client.fetch(request)
        guard answer.status == 200 else { throw TestServerError("the server refuses \(text)") }
    }

    /// A whole number among the last members of the answer.
    private static func number(_ name: String, _ text: String) -> Int {
        guard let part = text.components(after: "\"\(name)\": ") else { return -1 }
        return Int(part.prefix { $0.isNumber }) ?? -1
    }
}

extension String {
    /// What follows the last place of a text.
    fileprivate func components(after mark: String) -> Substring? {
        ranges(of: mark).last.map { self[$0.upperBound...] }
    }
}
