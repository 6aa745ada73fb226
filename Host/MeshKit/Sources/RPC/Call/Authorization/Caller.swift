public import TLS

/// Who calls, as far as that is proven: by the certificate of its process, or because it is a plugin of ours. One object
/// for all calls of a connection or a plugin.
public final class Caller: Sendable, CustomStringConvertible {
    /// Names of plugins: one, or those of a process that has several.
    public let services: [String]
    /// The certificate's names; nil for a plugin of this process.
    public let certificate: PeerIdentity?

    /// A plugin of this process.
    public init(plugin: String) {
        services = [plugin]
        certificate = nil
    }

    /// Whoever showed a certificate with these names.
    public init(certificate: PeerIdentity) {
        services = certificate.services
        self.certificate = certificate
    }

    /// Whether it is a plugin of this process.
    var isLocal: Bool { certificate == nil }

    /// Its names.
    public var description: String { services.isEmpty ? "nobody" : services.joined(separator: ",") }
}
