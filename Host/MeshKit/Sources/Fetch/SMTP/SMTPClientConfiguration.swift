/// Which mail server a client submits to, and how. Numbers of connections are for each event loop.
public struct SMTPClientConfiguration: Sendable {
    /// How the way there is protected.
    public enum Security: Sendable, Hashable {
        /// TLS from the first byte (RFC 8314, port 465).
        case implicitTLS
        /// STARTTLS, required: a server that does not offer it gets nothing (RFC 3207, port 587).
        case startTLS
        /// None. Only to a loopback address, as for a test server.
        case plainToLoopback
    }

    /// The server's name; its certificate must be for it.
    public var host: String
    /// The server's port.
    public var port: UInt16
    /// How the way there is protected.
    public var security: Security
    /// Who the client is; nil for servers that ask for nothing.
    public var credentials: SMTPCredentials?
    /// Whether credentials may be sent without TLS; that is never to anything but loopback.
    public var allowsCredentialsWithoutTLS = false
    /// The name given in EHLO.
    public var clientName = "localhost"
    /// A file of certificate authorities in PEM; nil for the system's.
    public var certificateAuthorities: String?

    /// Connections at once.
    public var connections = 2
    /// Mails that may wait for one; more fail with `overloaded`.
    public var maximumWaiting = 1024
    /// A connection that was idle for longer is closed.
    public var idleAge: Duration = .seconds(30)
    /// Mails on one connection; some servers allow no more than a hundred.
    public var messagesPerConnection = 100

    /// Name look-up, connection, greeting, TLS and EHLO together.
    public var connectTimeout: Duration = .seconds(30)
    /// For the answer to each command.
    public var commandTimeout: Duration = .seconds(60)
    /// For the answer to DATA.
    public var dataTimeout: Duration = .seconds(120)
    /// For taking the message, and for the answer to its end. Long: giving up early makes duplicates (RFC 5321 §4.5.3.2.6).
    public var messageTimeout: Duration = .seconds(600)

    /// A server, and the port's usual protection unless another is named: implicit TLS on 465, else STARTTLS.
    public init(host: String, port: UInt16 = 587, security: Security? = nil, credentials: SMTPCredentials? = nil) {
        self.host = host
        self.port = port
        self.security = security ?? (port == 465 ? .implicitTLS : .startTLS)
        self.credentials = credentials
    }
}
