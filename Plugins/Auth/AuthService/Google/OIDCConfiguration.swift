import Config
import Fetch
import Observe

/// Which issuer is used, and as which client.
struct OIDCConfiguration: Sendable {
    static let google = "https://accounts.google.com"

    /// The issuer's identifier, which its metadata and its tokens repeat exactly.
    var issuer: String
    var clientID: String
    /// Nil for a public client.
    var clientSecret: Secret?
    /// Where the issuer sends the browser back to; registered there.
    var redirectURI: String
    /// Whether a token may leave out which key signed it, of an issuer that has one single key (OpenID Connect Core
    /// §10.1).
    var mayLeaveKeyUnnamed = false

    /// Whether the issuer is this machine: only then may it be without TLS.
    var isLoopback: Bool { (try? FetchURL(issuer)).map(Self.isLoopback) ?? false }

    /// Which addresses may be connected to: the issuer's metadata says where its other endpoints are.
    var addresses: AddressPolicy {
        .publicOnly(except: isLoopback ? ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) } : [])
    }

    /// Reads an endpoint of the issuer; nil unless it is https, or http on this machine for an issuer that is here too.
    func endpoint(_ text: String?) -> FetchURL? {
        guard let text, text.utf8.count <= 2048, !text.contains("#"), let url = try? FetchURL(text) else { return nil }
        guard url.scheme == "https" || isLoopback && Self.isLoopback(url) else { return nil }
        return url
    }

    private static func isLoopback(_ url: FetchURL) -> Bool {
        url.host == "localhost" || url.host == "::1"
            || url.host.hasPrefix("127.") && url.host.utf8.allSatisfy { $0 == 0x2e || (0x30...0x39).contains($0) }
    }
}

extension OIDCConfiguration {
    private static let issuerKey = "auth.google.issuer"
    private static let clientKey = "auth.google.clientId"
    private static let secretKey = "auth.google.clientSecret"

    /// The keys that are read.
    static var settings: [Setting] {
        [
            .string(issuerKey, default: google, "the OpenID Connect issuer that people may log in at"),
            .string(clientKey, "the client id that the issuer gave us; without it there is no such login"),
            .secret(secretKey, "the client secret that the issuer gave us"),
        ]
    }

    /// The configuration; nil without a client id.
    /// - Throws: `ConfigurationError` for an issuer that is none.
    static func read(_ settings: SettingsSnapshot, publicURL: String) throws(ConfigurationError) -> OIDCConfiguration? {
        guard let client = settings.optionalString(clientKey), !client.isEmpty else { return nil }
        var configuration = OIDCConfiguration(
            issuer: settings.string(issuerKey),
            clientID: client,
            clientSecret: settings.secret(secretKey).flatMap { $0.isEmpty ? nil : $0 },
            redirectURI: publicURL + "/api/v1/auth/google/callback"
        )
        let issuer = configuration.issuer
        guard configuration.endpoint(issuer) != nil, !issuer.contains("?") else {
            let origin = settings.origin(of: issuerKey)
            throw ConfigurationError(
                invalid: issuerKey,
                "\(issuerKey) = \"\(issuer)\" (\(origin)) must be an https URL without query; http is for this machine only"
            )
        }
        // A stand-in for development, which is on this machine. Google names its keys.
        configuration.mayLeaveKeyUnnamed = configuration.isLoopback && !issuer.hasPrefix("https:")
        return configuration
    }
}
