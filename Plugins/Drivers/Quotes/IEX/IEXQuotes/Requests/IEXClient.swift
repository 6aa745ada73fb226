import Fetch
import HTTP
import Observe
import Plugin
import RPC
import Reactor
import Synchronization

/// Asks the server, and reads its answers. Keeps a pause that it asks for.
final class IEXClient: Sendable {
    /// An answer with more bytes is read by the blocking pool: a list of all companies takes tens of milliseconds.
    static let largestOnLoop = 64 << 10
    /// The most bytes of an answer; the list of all companies has some four million.
    static let largest = 32 << 20

    private let base: FetchURL
    private let token: Secret
    private let timeout: Duration
    private let client: FetchClient
    private let blocking: BlockingPool
    private let pause = Mutex(SourcePause())
    private let used: Counter

    init(_ settings: IEXSettings, _ context: DriverContext) {
        base = settings.base
        token = settings.token
        timeout = settings.timeout
        blocking = context.loops.blocking
        used = context.metrics.counter(
            "lonja_market_iex_messages_total",
            help: "What the server says that requests have cost, in messages"
        )
        var configuration = FetchClientConfiguration()
        configuration.connectTimeout = min(settings.timeout, .seconds(5))
        configuration.firstByteTimeout = settings.timeout
        configuration.stallTimeout = settings.timeout
        configuration.idleAge = .seconds(30)
        configuration.maximumBodyBytes = Self.largest
        // The market decides what is asked again, and when.
        configuration.retry = .never
        configuration.name = "iex"
        client = FetchClient(group: context.loops, configuration: configuration, metrics: context.metrics)
    }

    func close() { client.close() }

    /// GETs `path` below the base, and reads the answer with `decode`.
    func read<Value: Sendable>(
        _ path: String,
        _ query: [(String, String)] = [],
        _ decode: @escaping @Sendable (JSONValue) throws(QuoteSourceError) -> Value
    ) async throws(QuoteSourceError) -> Value {
        if Task.isCancelled { throw IEXVerdict.cancelled }
        try pause.withLock { pause throws(QuoteSourceError) in try pause.begin(.now()) }
        let response = try await fetch(path, query)
        if let cost = response.fields["iexcloud-messages-used"].flatMap({ Int($0) }), cost > 0 {
            used.increment(by: cost)
        }
        if let error = IEXVerdict.error(response, now: .now()) {
            throw pause.withLock { $0.failed(error, .now()) }
        }
        let body = response.body
        guard body.count > Self.largestOnLoop else { return try Self.decoded(body, decode) }
        do {
            return try await blocking.run { try Self.decoded(body, decode) }
        } catch {
            throw error as? QuoteSourceError ?? QuoteSourceError(.upstream, "the answer could not be read: \(error)")
        }
    }

    private func fetch(_ path: String, _ query: [(String, String)]) async throws(QuoteSourceError) -> FetchResponse {
        // Values are symbols and words of ours; a token has no other characters than those that stand for themselves.
        let words = (query + [("token", token.reveal())]).map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        do {
            let url = try base.resolving("\(path)?\(words)")
            let request = FetchRequest(.get, url, fields: ["accept": "application/json"])
            return try await client.fetch(request, deadline: MonotonicTime.now().advanced(by: timeout))
        } catch {
            throw IEXVerdict.error(error)
        }
    }

    private static func decoded<Value>(
        _ body: [UInt8],
        _ decode: (JSONValue) throws(QuoteSourceError) -> Value
    ) throws(QuoteSourceError) -> Value {
        guard let value = JSONValue(parsing: body, maximumBytes: largest) else {
            throw IEXVerdict.malformed("is no JSON")
        }
        return try decode(value)
    }
}
