import Plugin
import QuoteSourceCompatibility
import TestServers

@testable import IEXQuotes

/// IEX Cloud's v1, spoken by a local server.
final class IEXEnd: QuoteEnd {
    static let token = "pk_good-token"

    let server: QuoteServer
    let facts: QuoteFacts
    let conditions = Set(QuoteCondition.allCases)

    init() async throws {
        server = try QuoteServer("iex_server.py", [Self.token])
        facts = try QuoteFacts(
            server: try await server.get("/facts"),
            secrets: [Self.token, "pk_wrong-token", "token="],
            hints: [
                .wrongCredentials: "market.iex.token", .notEntitled: "market.iex.token",
                .exhausted: "market.iex.token", .foreign: "market.iex.url", .unreachable: "market.iex.url",
                .malformed: "market.iex.url",
            ],
            retryAfter: 7...7
        )
    }

    func source(_ condition: QuoteCondition) throws -> any QuoteSource { try source(condition, [:]) }

    /// A driver with some settings changed.
    func source(_ condition: QuoteCondition, _ change: [String: String]) throws -> IEXSource {
        let path = condition == .wrongCredentials ? "normal" : condition.rawValue
        let port = condition == .unreachable ? try LoopbackPort.free() : server.port
        let values = [
            "market.iex.url": "http://127.0.0.1:\(port)/\(path)/stable",
            "market.iex.token": condition == .wrongCredentials ? "pk_wrong-token" : Self.token,
            "market.iex.timeout": condition == .silent ? "2s" : "20s",
        ].merging(change) { $1 }
        let context = try DriverContext.test(IEXSource.settings, values, loops: server.loops)
        return IEXSource(try IEXSettings(context.settings), context) { QuoteServer.now }
    }

    func requestCount() async throws -> Int? { try await server.requestCount() }

    func stop() { server.stop() }
}
