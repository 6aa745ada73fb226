public import Observe

/// Where the database is and how it is used.
public struct PostgresConfiguration: Sendable {
    /// A place where a server listens.
    public struct Host: Hashable, Sendable {
        /// A name, an address, or, if it begins with "/", the folder of a unix socket.
        public var name: String
        /// The port, which is also part of the socket's name.
        public var port: UInt16

        /// A place.
        public init(_ name: String, port: UInt16 = 5432) {
            self.name = name
            self.port = port
        }
    }

    /// How much TLS there must be (`sslmode` of libpq).
    public enum TLSMode: String, Sendable, CaseIterable {
        /// None. For unix sockets and loopback.
        case disable
        /// Encrypted, to whoever answers.
        case require
        /// Encrypted, to somebody whose certificate the root signed.
        case verifyCA = "verify-ca"
        /// Encrypted, to the host that was asked for. The default.
        case verifyFull = "verify-full"

        /// Whether the certificate is looked at.
        var verifies: Bool { self == .verifyCA || self == .verifyFull }
    }

    /// Which of several hosts will do (`target_session_attrs` of libpq).
    public enum Target: String, Sendable, CaseIterable {
        /// The first that answers.
        case any
        /// One that takes writes.
        case readWrite = "read-write"
        /// One that takes none.
        case readOnly = "read-only"
        /// The primary.
        case primary
        /// A standby.
        case standby
        /// A standby if there is one.
        case preferStandby = "prefer-standby"
    }

    /// Tried in order; at least one. One that did not answer lately is tried last. A name with several addresses stands
    /// for all of them. Each place gets an equal share of what is left of `connectTimeout`.
    public var hosts: [Host]
    /// Which of them will do.
    public var target = Target.any
    /// The role.
    public var user: String
    /// Its password; nil where none is asked for.
    public var password: Secret?
    /// The database.
    public var database: String
    /// How much TLS there must be; without effect on unix sockets.
    public var tls = TLSMode.verifyFull
    /// The file with the certificates that are trusted; needed by `verifyCA` and `verifyFull`.
    public var rootCertificate: String?
    /// The name under which the server lists the connections.
    public var applicationName = "lonja"

    /// How long a connection may take to be made, all hosts together.
    public var connectTimeout = Duration.seconds(5)
    /// How long a call may take that brings no deadline.
    public var callTimeout = Duration.seconds(30)
    /// After this the server ends a statement by itself (`statement_timeout`).
    public var statementTimeout = Duration.seconds(60)
    /// After this the server ends a transaction in which nothing happens.
    public var idleTransactionTimeout = Duration.seconds(60)

    /// The limits of the pool of each loop.
    public var pool = PostgresPoolLimits()
    /// The largest result that is collected in memory, in bytes; about, as it is measured while it arrives.
    public var maximumResultBytes = 64 << 20
    /// So many single SELECTs that are made in one turn of a loop may share a transaction on their way, which spares the
    /// server most of what a small one costs; 1 for a transaction each. If one of them fails the others are executed
    /// again, each alone, so that nobody sees the difference; but the first is not answered before the last of them.
    /// Only what is prepared and neither locks nor calls a function named `pg_…` is sent so, never in `withTransaction`.
    public var sharedReads = 32
    /// So many statements are kept prepared on a connection.
    public var preparedStatements = 256

    /// A configuration with the defaults above.
    public init(hosts: [Host], user: String, password: Secret? = nil, database: String) {
        self.hosts = hosts
        self.user = user
        self.password = password
        self.database = database
    }

    /// A server on a unix socket in `socketFolder`, an absolute path.
    public init(socketFolder: String, port: UInt16 = 5432, user: String, database: String) {
        self.init(hosts: [Host(socketFolder, port: port)], user: user, database: database)
        tls = .disable
    }

    /// Finds what cannot work.
    /// - Throws: `PostgresError` with code `configuration`.
    public func validate() throws(PostgresError) {
        func require(_ condition: Bool, _ message: String) throws(PostgresError) {
            guard condition else { throw PostgresError(.configuration, message) }
        }
        try require(!hosts.isEmpty && hosts.allSatisfy { !$0.name.isEmpty }, "no database host is given")
        try require(hosts.allSatisfy { !$0.name.contains(",") }, "a database host contains a comma; give a list")
        try require(!user.isEmpty, "no database user is given")
        try require(!database.isEmpty, "no database name is given")
        let needsRoot = tls.verifies && !hosts.allSatisfy { $0.name.hasPrefix("/") }
        try require(
            !needsRoot || rootCertificate != nil,
            "TLS mode \(tls.rawValue) needs the file of root certificates to trust"
        )
        try pool.validate()
    }
}
