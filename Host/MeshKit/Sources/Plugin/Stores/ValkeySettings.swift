public import Config
internal import Observe
internal import TLS
public import Valkey

/// The keys that say where a service's Valkey is: `<service>.valkey.…`. A service lists `declared(for:)` among its
/// settings and makes its client with `PluginContext.valkey()`.
public enum ValkeySettings {
    /// The key of the addresses, as `auth.valkey.address`.
    public static func addressKey(_ service: String) -> String { "\(service).valkey.address" }

    /// Every key of one service.
    public static func declared(for service: String) -> [Setting] {
        let prefix = "\(service).valkey"
        return [
            .list(
                addressKey(service),
                "host:port or unix:/path of \(service)'s Valkey; of several, the primary is found"
            ),
            .string("\(prefix).sentinelPrimary", "the addresses are Sentinels, who know the primary by this name"),
            .secret("\(prefix).sentinelPassword", "password at the Sentinels"),
            .string("\(prefix).user", "ACL user"),
            .secret("\(prefix).password", "password of the user"),
            .int("\(prefix).database", default: 0, range: 0...1023, "number of the database"),
            .bool(
                "\(prefix).tls",
                default: false,
                "TLS, on TCP; the certificate must name the host of the address, or of what the Sentinels say"
            ),
            .string(
                "\(prefix).rootCertificate",
                "PEM file with the authorities that are trusted; without it the system's"
            ),
        ]
    }

    /// The authorities of one service's Valkey, if it is spoken to in TLS. Reads their file.
    /// - Throws: `ConfigurationError` for a file that has none.
    static func tls(
        _ settings: SettingsSnapshot,
        for service: String,
        metrics: MetricRegistry
    ) throws(ConfigurationError) -> TLSSlot? {
        let prefix = "\(service).valkey"
        guard settings.bool("\(prefix).tls") else { return nil }
        let files = TLSFiles(authorities: settings.optionalString("\(prefix).rootCertificate"))
        do {
            return try TLSSlot("\(service).valkey", .client, files: files, metrics: TLSMetrics(metrics))
        } catch {
            throw ConfigurationError(invalid: "\(prefix).rootCertificate", "\(prefix).rootCertificate: \(error)")
        }
    }

    /// The configuration of one service; nil if no address is given.
    /// - Throws: `ConfigurationError` for an address that is none.
    public static func read(
        _ settings: SettingsSnapshot,
        for service: String
    ) throws(ConfigurationError) -> ValkeyConfiguration? {
        let prefix = "\(service).valkey"
        guard let texts = settings.optionalList(addressKey(service)), !texts.isEmpty else { return nil }
        var endpoints: [ValkeyEndpoint] = []
        for text in texts {
            guard let endpoint = ValkeyEndpoint(text) else {
                let origin = settings.origin(of: addressKey(service))
                throw ConfigurationError(
                    invalid: addressKey(service),
                    "\(addressKey(service)) = \"\(text)\" (\(origin)) is no address; use host:port or unix:/path"
                )
            }
            endpoints.append(endpoint)
        }
        let servers: ValkeyServers
        if let primary = settings.optionalString("\(prefix).sentinelPrimary") {
            servers = .sentinel(endpoints, primary: primary, password: settings.secret("\(prefix).sentinelPassword"))
        } else {
            servers = endpoints.count == 1 ? .one(endpoints[0]) : .primary(among: endpoints)
        }
        var configuration = ValkeyConfiguration(
            servers,
            user: settings.optionalString("\(prefix).user"),
            password: settings.secret("\(prefix).password")
        )
        configuration.database = settings.int("\(prefix).database")
        configuration.name = "lonja-\(service)"
        return configuration
    }
}
