internal import CSystemSSL
public import Observe

/// What the sessions of one side share: certificate, key, authorities, versions. Owns the SSL_CTX.
///
/// Safe: immutable after `init`; OpenSSL counts and locks what sessions of several threads share (SSL_CTX_new(3)).
public final class TLSContext: @unchecked Sendable {
    /// What it was made of, but the certificates.
    let role: TLSConfiguration.Role
    let requiresProtocol: Bool
    /// The protocols in the form of the handshake: each with its length before it.
    let protocolList: [UInt8]
    /// When our certificate, or one of its chain, ends; nil without one.
    public let expiry: WallTime?
    /// Whom our certificate names; nil without one.
    public let names: PeerIdentity?
    let pointer: OpaquePointer

    /// Reads the certificates and checks that they go together.
    /// - Throws: `TLSError` that says which of them is wrong, and how. Blocks where the system's authorities are read.
    public init(_ configuration: TLSConfiguration) throws(TLSError) {
        try TLSLibrary.open()
        role = configuration.role
        requiresProtocol = configuration.requiresProtocol
        protocolList = configuration.protocols.flatMap { [UInt8($0.rawValue.utf8.count)] + Array($0.rawValue.utf8) }
        let method = role == .client ? TLS_client_method() : TLS_server_method()
        guard let made = SSL_CTX_new(method) else { throw TLSError(.library, "OpenSSL makes no context") }
        var (expiry, names): (WallTime?, PeerIdentity?) = (nil, nil)
        do throws(TLSError) {
            try Self.harden(made, configuration)
            if let certificate = configuration.certificate {
                let chain = try TLSCertificates.read(certificate, "the certificate")
                try TLSCertificates.use(chain, key: configuration.key ?? [], in: made)
                expiry = chain.map(\.expiry).min()
                names = chain.first?.identity
            } else if role != .client {
                throw TLSError(.configuration, "a server needs a certificate")
            }
            if role != .publicServer { try Self.trust(configuration.authorities, in: made) }
        } catch {
            SSL_CTX_free(made)
            ERR_clear_error()
            throw error
        }
        self.expiry = expiry
        self.names = names
        pointer = made
        TLSCallbacks.install(in: made, role: role, protocols: protocolList)
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    private static func harden(_ context: OpaquePointer, _ configuration: TLSConfiguration) throws(TLSError) {
        mesh_ssl_context_harden(context)
        // A session that is taken up again shows no certificate, which may have expired or lost its rights since.
        if configuration.role != .publicServer { mesh_ssl_context_resume_nothing(context) }
        let oldest = configuration.oldest == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
        guard mesh_ssl_context_set_oldest(context, oldest) == 1,
            SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1,
            mesh_ssl_context_set_groups(context, "X25519:P-256") == 1
        else { throw TLSError(.library, "OpenSSL knows none of the ciphers that are wanted") }
    }

    private static func trust(_ authorities: [UInt8]?, in context: OpaquePointer) throws(TLSError) {
        if let authorities {
            let store = SSL_CTX_get_cert_store(context)
            for authority in try TLSCertificates.read(authorities, "the file of authorities") {
                guard X509_STORE_add_cert(store, authority.pointer) == 1 else {
                    throw TLSError(.configuration, "an authority cannot be used")
                }
            }
        } else if SSL_CTX_set_default_verify_paths(context) != 1 {
            throw TLSError(.configuration, "the system's authorities cannot be read")
        }
    }
}
