import Config
import Fetch
import Observe

/// The settings of the driver, read and checked.
struct AlpacaSettings: Sendable {
    static let urlKey = "wallet.alpaca.url"
    static let keyKey = "wallet.alpaca.key"
    static let secretKey = "wallet.alpaca.secret"
    static let paperKey = "wallet.alpaca.paper"
    /// Where shares are bought with real money.
    static let realHost = "api.alpaca.markets"
    /// Where they are not.
    static let paperHost = "paper-api.alpaca.markets"

    static let declared: [Setting] = [
        .string(
            urlKey,
            default: "https://\(paperHost)",
            "Where Alpaca's trading API is, without /v2; https://\(realHost) trades with real money"
        ),
        .bool(
            paperKey,
            default: true,
            "Whether the account behind the URL is a paper account; false for real money"
        ),
        .secret(keyKey, "Key id of the Alpaca account"),
        .secret(secretKey, "Secret key of the Alpaca account"),
        .int(
            "wallet.alpaca.collar",
            default: 500,
            range: 1...5000,
            "Basis points by which a fill at the market's price may be worse than the quote; so much more cash is kept"
        ),
    ]

    /// The API, with `/v2/` at its end.
    let base: FetchURL
    let isPaper: Bool
    let key: Secret
    let secret: Secret
    let prices: AlpacaPrices

    /// - Throws: a `ConfigurationError` that names a setting.
    init(_ settings: SettingsSnapshot) throws(ConfigurationError) {
        var text = settings.string(Self.urlKey)
        while text.hasSuffix("/") { text.removeLast() }
        guard let base = try? FetchURL("\(text)/v2/") else {
            throw Self.invalid(Self.urlKey, "is no http or https URL")
        }
        // The keys would go there in the clear.
        guard base.scheme == "https" || ["localhost", "127.0.0.1", "::1"].contains(base.host) else {
            throw Self.invalid(Self.urlKey, "is http, which is for loopback only; use https")
        }
        isPaper = settings.bool(Self.paperKey)
        // Real money is never a mere typing error away.
        guard base.host != Self.realHost || !isPaper else {
            throw Self.invalid(Self.paperKey, "is true, but \(Self.urlKey) trades with real money; set it to false")
        }
        guard base.host != Self.paperHost || isPaper else {
            throw Self.invalid(Self.paperKey, "is false, but \(Self.urlKey) is for paper accounts; set it to true")
        }
        guard let key = settings.secret(Self.keyKey), !key.isEmpty else {
            throw Self.invalid(Self.keyKey, "is not set; give it the key id, as a secret file of that name")
        }
        guard let secret = settings.secret(Self.secretKey), !secret.isEmpty else {
            throw Self.invalid(Self.secretKey, "is not set; give it the secret key, as a secret file of that name")
        }
        self.base = base
        self.key = key
        self.secret = secret
        prices = AlpacaPrices(collar: settings.int("wallet.alpaca.collar"))
    }

    private static func invalid(_ key: String, _ why: String) -> ConfigurationError {
        ConfigurationError(invalid: key, "\(key) \(why)")
    }
}
