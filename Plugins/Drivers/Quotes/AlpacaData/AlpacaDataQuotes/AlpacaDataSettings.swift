import Config
import Fetch
import Observe

/// The settings of the driver, read and checked.
struct AlpacaDataSettings: Sendable {
    /// A value is missing, or is not what its setting asks for.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    static let dataKey = "market.alpacadata.url"
    static let tradingKey = "market.alpacadata.trading"
    static let keyKey = "market.alpacadata.key"
    static let secretKey = "market.alpacadata.secret"

    static let declared: [Setting] = [
        .string(dataKey, default: "https://data.alpaca.markets", "Where Alpaca's market data is, without a version"),
        .string(
            tradingKey,
            default: "https://paper-api.alpaca.markets",
            "Where Alpaca's trading API is, which lists companies and trading days; https://api.alpaca.markets for live keys"
        ),
        .secret(keyKey, "API key id"),
        .secret(secretKey, "API secret key"),
        .string(
            "market.alpacadata.feed",
            default: "iex",
            choices: AlpacaFeed.allCases.map(\.rawValue),
            "Exchanges that quotes come from: iex is one of them in real time, sip all (a paid plan), delayed_sip all with"
                + " fifteen minutes' delay"
        ),
        .int("market.alpacadata.batch", default: 100, range: 1...500, "Symbols that one request asks for"),
        .duration("market.alpacadata.timeout", default: "8s", range: 0.1...60, "The longest a request may take"),
        .int("market.alpacadata.limit", default: 200, range: 1...100_000, "Requests that the plan allows in a minute"),
        .string("market.alpacadata.probe", default: "AAPL", "Symbol whose quote proves that the keys are good"),
    ]

    let data: FetchURL
    let trading: FetchURL
    let key: Secret
    let secret: Secret
    let feed: AlpacaFeed
    let batch: Int
    let timeout: Duration
    let limit: Int
    let probe: String

    init(_ settings: Settings) throws(Invalid) {
        let snapshot = settings.snapshot
        data = try Self.url(snapshot.string(Self.dataKey), Self.dataKey)
        trading = try Self.url(snapshot.string(Self.tradingKey), Self.tradingKey)
        guard let key = snapshot.secret(Self.keyKey), !key.isEmpty else { throw Self.missing(Self.keyKey) }
        guard let secret = snapshot.secret(Self.secretKey), !secret.isEmpty else { throw Self.missing(Self.secretKey) }
        guard let feed = AlpacaFeed(rawValue: snapshot.string("market.alpacadata.feed")) else {
            preconditionFailure("the setting has no other values")
        }
        self.key = key
        self.secret = secret
        self.feed = feed
        batch = snapshot.int("market.alpacadata.batch")
        timeout = snapshot.duration("market.alpacadata.timeout")
        limit = snapshot.int("market.alpacadata.limit")
        probe = snapshot.string("market.alpacadata.probe")
    }

    private static func url(_ setting: String, _ key: String) throws(Invalid) -> FetchURL {
        var text = setting
        while text.hasSuffix("/") { text.removeLast() }
        guard !text.contains("?"), !text.contains("#"), let url = try? FetchURL("\(text)/") else {
            throw Invalid(description: "\(key) is no http or https URL without a query")
        }
        // The keys would go there in the clear.
        guard url.scheme == "https" || ["localhost", "127.0.0.1", "::1"].contains(url.host) else {
            throw Invalid(description: "\(key) is http, which is for loopback only; use https")
        }
        return url
    }

    private static func missing(_ key: String) -> Invalid {
        Invalid(description: "\(key) is not set; give it Alpaca's key, as a secret file of that name")
    }
}
