/// What a context is made of. The files are PEM texts.
public struct TLSConfiguration: Sendable {
    /// Which side the sessions are of, and what they ask of their peers.
    public enum Role: Sendable, Hashable {
        /// A server that everybody may talk to.
        case publicServer
        /// A server whose peers show a certificate of the authorities.
        case mutualServer
        /// A client, which always wants a certificate of the authorities that names whom it meant.
        case client
    }

    /// A protocol that may be spoken in TLS (RFC 7301).
    public enum ApplicationProtocol: String, Sendable, Hashable {
        case http2 = "h2"
        case http1 = "http/1.1"
    }

    /// The oldest version that is spoken.
    public enum Version: Sendable, Hashable, Comparable { case tls12, tls13 }

    /// Which side.
    public var role: Role
    /// Our certificate and those between it and its authority; a server needs one.
    public var certificate: [UInt8]?
    /// The key of the certificate.
    public var key: [UInt8]?
    /// Authorities that are trusted; nil for the system's.
    public var authorities: [UInt8]?
    /// The oldest version.
    public var oldest = Version.tls13
    /// What is spoken in TLS, best first. Empty: whatever the two know without asking.
    public var protocols: [ApplicationProtocol] = []
    /// Whether a peer that asks for none of `protocols` is refused; one that asks for others always is.
    public var requiresProtocol = false

    /// A configuration without certificates.
    public init(_ role: Role) {
        self.role = role
    }
}
