import Plugin
import QuoteSourceCompatibility
import TestServers

@testable import AlpacaDataQuotes

/// Alpaca's market data and trading APIs, spoken by a local server.
final class AlpacaDataEnd: QuoteEnd {
    static let key = "PKGOODKEY"
    static let secret = "good-secret"

    let server: QuoteServer
    let facts: QuoteFacts
    let conditions = Set(QuoteCondition.allCases)

    init(_ options: [String] = []) async throws {
        server = try QuoteServer("alpaca_server.py", [Self.key, Self.secret] + options)
        facts = try QuoteFacts(
            server: try await server.get("/facts"),
            secrets: [Self.key, Self.secret, "wrong-secret"],
            hints: [
                .wrongCredentials: "market.alpacadata.secret", .notEntitled: "market.alpacadata.feed",
                .throttled: "market.alpacadata.limit", .foreign: "market.alpacadata.url",
                .unreachable: "market.alpacadata.url", .malformed: "market.alpacadata.url",
            ],
            retryAfter: 9...9
        )
    }

    func source(_ condition: QuoteCondition) throws -> any QuoteSource { try source(condition, [:]) }

    /// A driver with some settings changed.
    func source(_ condition: QuoteCondition, _ change: [String: String]) throws -> AlpacaDataSource {
        let path = condition == .wrongCredentials ? "normal" : condition.rawValue
        let port = condition == .unreachable ? try LoopbackPort.free() : server.port
        let values = [
            "market.alpacadata.url": "http://127.0.0.1:\(port)/\(path)/data",
            "market.alpacadata.trading": "http://127.0.0.1:\(port)/\(path)/trading/",
            "market.alpacadata.key": Self.key,
            "market.alpacadata.secret": condition == .wrongCredentials ? "wrong-secret" : Self.secret,
            "market.alpacadata.timeout": condition == .silent ? "2s" : "20s",
        ].merging(change) { $1 }
        let context = try DriverContext.test(AlpacaDataSource.settings, values, loops: server.loops)
        return AlpacaDataSource(try AlpacaDataSettings(context.settings), context) { QuoteServer.now }
    }

    func requestCount() async throws -> Int? { try await server.requestCount() }

    func stop() { server.stop() }
}
