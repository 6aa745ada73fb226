import Fetch
import HTTP
import Observe
import Plugin
import RPC
import Reactor
import Synchronization

/// Asks Alpaca's APIs, and reads their answers. Keeps a pause that they ask for.
final class AlpacaClient: Sendable {
    /// Which API.
    enum Interface { case data, trading }

    /// An answer with more bytes is read by the blocking pool: a list of all companies takes some hundred milliseconds.
    static let largestOnLoop = 64 << 10
    /// The most bytes of an answer; the list of all companies has some eight million.
    static let largest = 64 << 20
    /// The most pages of one list: a million bars.
    static let mostPages = 100

    private let settings: AlpacaDataSettings
    private let client: FetchClient
    private let blocking: BlockingPool
    private let now: @Sendable () -> WallTime
    private let pause = Mutex(SourcePause())

    init(_ settings: AlpacaDataSettings, _ context: DriverContext, now: @escaping @Sendable () -> WallTime) {
        self.settings = settings
        self.now = now
        blocking = context.loops.blocking
        var configuration = FetchClientConfiguration()
        configuration.connectTimeout = min(settings.timeout, .seconds(5))
        configuration.firstByteTimeout = settings.timeout
        configuration.stallTimeout = settings.timeout
        configuration.idleAge = .seconds(30)
        configuration.maximumBodyBytes = Self.largest
        // The market decides what is asked again, and when.
        configuration.retry = .never
        configuration.name = "alpacadata"
        client = FetchClient(group: context.loops, configuration: configuration, metrics: context.metrics)
    }

    func close() { client.close() }

    /// GETs `path` of an API, and reads the answer with `decode`.
    /// - Parameter symbol: the symbol that the path names, which may be unknown.
    func read<Value: Sendable>(
        _ interface: Interface,
        _ path: String,
        _ query: [(String, String)] = [],
        symbol: String? = nil,
        _ decode: @escaping @Sendable (JSONValue) throws(QuoteSourceError) -> Value
    ) async throws(QuoteSourceError) -> Value {
        if Task.isCancelled { throw AlpacaVerdict.cancelled }
        try pause.withLock { pause throws(QuoteSourceError) in try pause.begin(.now()) }
        let response = try await fetch(interface, path, query)
        let asksForTape = query.contains { $0 == ("feed", AlpacaFeed.sip.rawValue) }
        if let error = AlpacaVerdict.error(response, symbol: symbol, asksForTape: asksForTape, now: now()) {
            throw pause.withLock { $0.failed(error, .now()) }
        }
        if let error = AlpacaVerdict.exhausted(response, now: now()) {
            // The answer is good; the next one would be a refusal.
            _ = pause.withLock { $0.failed(error, .now()) }
        }
        let body = response.body
        guard body.count > Self.largestOnLoop else { return try Self.decoded(body, decode) }
        do {
            return try await blocking.run { try Self.decoded(body, decode) }
        } catch {
            throw error as? QuoteSourceError ?? QuoteSourceError(.upstream, "the answer could not be read: \(error)")
        }
    }

    /// GETs a list of the data API page by page, each handed to `take`; `next_page_token` says that there is another.
    func pages(
        _ path: String,
        _ query: [(String, String)],
        _ take: (JSONValue) throws(QuoteSourceError) -> Void
    ) async throws(QuoteSourceError) {
        var token: String?
        for _ in 0..<Self.mostPages {
            let all = token.map { query + [("page_token", $0)] } ?? query
            let page = try await read(.data, path, all) { value throws(QuoteSourceError) in value }
            try take(page)
            guard let next = page["next_page_token"] else { throw AlpacaVerdict.malformed("is no page of a list") }
            guard !next.isNull else { return }
            guard let text = next.string, !text.isEmpty, text != token else {
                throw AlpacaVerdict.malformed("leads to a page that is none")
            }
            token = text
        }
        throw AlpacaVerdict.malformed("has more than \(Self.mostPages) pages")
    }

    private func fetch(
        _ interface: Interface,
        _ path: String,
        _ query: [(String, String)]
    ) async throws(QuoteSourceError) -> FetchResponse {
        let words = query.map { "\($0.0)=\(AlpacaQuery.encoded($0.1))" }.joined(separator: "&")
        let base = interface == .data ? settings.data : settings.trading
        do {
            let request = FetchRequest(
                .get,
                try base.resolving(words.isEmpty ? path : "\(path)?\(words)"),
                fields: ["accept": "application/json"],
                secretFields: [
                    (name: "apca-api-key-id", value: settings.key),
                    (name: "apca-api-secret-key", value: settings.secret),
                ]
            )
            return try await client.fetch(request, deadline: MonotonicTime.now().advanced(by: settings.timeout))
        } catch {
            throw AlpacaVerdict.error(error)
        }
    }

    private static func decoded<Value>(
        _ body: [UInt8],
        _ decode: (JSONValue) throws(QuoteSourceError) -> Value
    ) throws(QuoteSourceError) -> Value {
        guard let value = JSONValue(parsing: body, maximumBytes: largest) else {
            throw AlpacaVerdict.malformed("is no JSON")
        }
        return try decode(value)
    }
}
