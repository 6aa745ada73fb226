internal import Observe
internal import Reactor

/// The parameters of libpq for a configuration (manual, 34.1.2).
struct ConnectionParameters {
    let pairs: [(key: String, value: String)]

    /// The parameters for one place.
    init(_ configuration: PostgresConfiguration, _ candidate: ConnectionCandidate) {
        var pairs = [
            ("host", candidate.host.name),
            ("port", String(candidate.host.port)),
            ("user", configuration.user),
            ("dbname", configuration.database),
            ("application_name", configuration.applicationName),
            ("client_encoding", "UTF8"),
            ("target_session_attrs", candidate.target.rawValue),
            ("sslmode", configuration.tls.rawValue),
            ("ssl_min_protocol_version", "TLSv1.2"),
            // Kerberos would block, and files in somebody's home folder are none of our sources.
            ("gssencmode", "disable"),
            ("passfile", "/dev/null/none"),
            ("sslcert", "/dev/null/none"),
            ("sslkey", "/dev/null/none"),
            // With `require` libpq would take a file that exists for a wish to verify.
            ("sslrootcert", configuration.tls.verifies ? configuration.rootCertificate ?? "" : "/dev/null/none"),
            ("keepalives", "1"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
            ("options", Self.options(configuration)),
        ]
        if let address = candidate.address { pairs.append(("hostaddr", address)) }
        if let password = configuration.password { pairs.append(("password", password.reveal())) }
        self.pairs = pairs.map { (key: $0.0, value: $0.1) }
    }

    private static func options(_ configuration: PostgresConfiguration) -> String {
        let statement = configuration.statementTimeout.wholeNanoseconds / 1_000_000
        let idle = configuration.idleTransactionTimeout.wholeNanoseconds / 1_000_000
        return "-c statement_timeout=\(statement) -c idle_in_transaction_session_timeout=\(idle)"
    }
}
