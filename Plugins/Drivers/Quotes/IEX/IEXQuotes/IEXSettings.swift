import Config
import Fetch
import Observe

/// The settings of the driver, read and checked.
struct IEXSettings: Sendable {
    /// A value is missing, or is not what its setting asks for.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    static let urlKey = "market.iex.url"
    static let tokenKey = "market.iex.token"

    static let declared: [Setting] = [
        .string(
            urlKey,
            "Where a server with the interface of IEX Cloud v1 is, version included, such as https://host/stable"
        ),
        .secret(tokenKey, "Token that goes along with every request"),
        .int("market.iex.batch", default: 100, range: 1...100, "Symbols that one request may ask for"),
        .duration("market.iex.timeout", default: "8s", range: 0.1...60, "The longest a request may take"),
        .int("market.iex.limit", default: 100, range: 1...100_000, "Requests that the server allows in a second"),
        .string("market.iex.probe", default: "AAPL", "Symbol whose quote proves that address and token are good"),
        .string(
            "market.iex.attribution",
            default: "Data provided by IEX Cloud",
            "Text that must stand beside the data"
        ),
        .bool(
            "market.iex.redistributable",
            default: false,
            "Whether the licence lets anonymous callers see the data"
        ),
    ]

    let base: FetchURL
    let token: Secret
    let batch: Int
    let timeout: Duration
    let limit: Int
    let probe: String
    let attribution: String
    let isRedistributable: Bool

    init(_ settings: Settings) throws(Invalid) {
        let snapshot = settings.snapshot
        guard var text = snapshot.optionalString(Self.urlKey) else {
            throw Invalid(
                description: "\(Self.urlKey) is not set; IEX Cloud has ended, so give it a server that speaks its v1"
            )
        }
        while text.hasSuffix("/") { text.removeLast() }
        guard !text.contains("?"), !text.contains("#"), let base = try? FetchURL("\(text)/") else {
            throw Invalid(description: "\(Self.urlKey) is no http or https URL without a query")
        }
        // The token would go there in the clear.
        guard base.scheme == "https" || ["localhost", "127.0.0.1", "::1"].contains(base.host) else {
            throw Invalid(description: "\(Self.urlKey) is http, which is for loopback only; use https")
        }
        guard let token = snapshot.secret(Self.tokenKey), !token.isEmpty else {
            throw Invalid(description: "\(Self.tokenKey) is not set; give it the token, as a secret file of that name")
        }
        guard token.reveal().utf8.allSatisfy({ Self.isTokenByte($0) }) else {
            throw Invalid(description: "\(Self.tokenKey) has characters other than letters, digits, - . _ and ~")
        }
        self.base = base
        self.token = token
        batch = snapshot.int("market.iex.batch")
        timeout = snapshot.duration("market.iex.timeout")
        limit = snapshot.int("market.iex.limit")
        probe = snapshot.string("market.iex.probe")
        attribution = snapshot.string("market.iex.attribution")
        isRedistributable = snapshot.bool("market.iex.redistributable")
    }

    /// What stands in a query as itself (RFC 3986 §2.3).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~".utf8.contains(byte)
        }
    }
}
