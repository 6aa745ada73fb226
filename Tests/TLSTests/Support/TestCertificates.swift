import Glibc
import TestServers

@testable import TLS

/// Certificates of all kinds, made once for all tests of the engine.
struct TestCertificates: Sendable {
    static let made = Result { try TestCertificates() }

    static func shared() throws -> TestCertificates {
        try made.get()
    }

    let authority: CertificateAuthority
    private let files: [String: (certificate: String, key: String)]

    private init() throws {
        let authority = try CertificateAuthority()
        let stranger = try CertificateAuthority("stranger", beside: authority)
        self.authority = authority
        files = [
            "profile": try authority.issue("profile", "DNS:profile.lonja.svc,DNS:profile,URI:spiffe://lonja/profile"),
            "wallet": try authority.issue("wallet", "DNS:wallet"),
            "expired": try authority.issue("expired", "DNS:profile", days: -1),
            "foreign": try stranger.issue("foreign", "DNS:profile"),
            "self": try authority.selfSign("self", "DNS:profile"),
            "host": try authority.issue("host", "DNS:localhost,IP:127.0.0.1"),
            "clientOnly": try authority.issue("clientOnly", "DNS:profile", use: "clientAuth"),
        ]
        atexit { (try? TestCertificates.made.get())?.authority.remove() }
    }

    func paths(_ name: String) throws -> TLSFiles {
        guard let pair = files[name] else { throw TestServerError("there is no certificate \(name)") }
        return TLSFiles(certificate: pair.certificate, key: pair.key, authorities: authority.path)
    }

    /// A configuration with one of the certificates, as services use them among each other.
    func configuration(_ role: TLSConfiguration.Role, _ name: String?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration(role)
        if let name {
            let content = try paths(name).read()
            configuration.certificate = content.certificate
            configuration.key = content.key
        }
        configuration.authorities = try TLSFiles(authorities: authority.path).read().authorities
        configuration.protocols = [.http2]
        configuration.requiresProtocol = true
        return configuration
    }
}
