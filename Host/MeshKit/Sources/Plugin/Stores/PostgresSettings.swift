public import Config
public import Postgres

/// The keys that say where a service's database is: `<service>.postgres.…`. A service lists `declared(for:)` among its
/// settings and makes its client with `PluginContext.postgres()`.
public enum PostgresSettings {
    /// The key of the hosts, as `profile.postgres.host`.
    public static func hostKey(_ service: String) -> String { "\(service).postgres.host" }

    /// Every key of one service.
    public static func declared(for service: String) -> [Setting] {
        let prefix = "\(service).postgres"
        return [
            .list(hostKey(service), "hosts of \(service)'s database, tried in order, or the folder of its unix socket"),
            .int("\(prefix).port", default: 5432, range: 1...65_535, "port of the database"),
            .string("\(prefix).user", default: service, "role at the database"),
            .secret("\(prefix).password", "password of the role"),
            .string("\(prefix).database", default: service, "name of the database"),
            .string(
                "\(prefix).tls",
                default: PostgresConfiguration.TLSMode.verifyFull.rawValue,
                choices: PostgresConfiguration.TLSMode.allCases.map(\.rawValue),
                "how much TLS there must be; without effect on unix sockets"
            ),
            .string("\(prefix).rootCertificate", "file with the certificates that are trusted"),
            .string(
                "\(prefix).target",
                default: PostgresConfiguration.Target.any.rawValue,
                choices: PostgresConfiguration.Target.allCases.map(\.rawValue),
                "which of several hosts will do, as read-write for the primary"
            ),
            .int("\(prefix).connections", default: 8, range: 1...1000, "connections of each event loop at the most"),
        ]
    }

    /// The configuration of one service; nil if no host is given.
    public static func read(_ settings: SettingsSnapshot, for service: String) -> PostgresConfiguration? {
        guard let hosts = settings.optionalList(hostKey(service)), !hosts.isEmpty else { return nil }
        let prefix = "\(service).postgres"
        // Within 1...65535, as declared.
        let port = UInt16(settings.int("\(prefix).port"))
        var configuration = PostgresConfiguration(
            hosts: hosts.map { PostgresConfiguration.Host($0, port: port) },
            user: settings.string("\(prefix).user"),
            password: settings.secret("\(prefix).password"),
            database: settings.string("\(prefix).database")
        )
        configuration.tls = .init(rawValue: settings.string("\(prefix).tls")) ?? .verifyFull
        configuration.target = .init(rawValue: settings.string("\(prefix).target")) ?? .any
        configuration.rootCertificate = settings.optionalString("\(prefix).rootCertificate")
        configuration.applicationName = "lonja-\(service)"
        configuration.pool.maximumConnections = settings.int("\(prefix).connections")
        return configuration
    }
}
