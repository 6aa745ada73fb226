internal import CSystemCURL

/// The certificate authorities that are trusted, read and ready. Owns an X509_STORE.
///
/// Safe: filled before anybody else sees it; OpenSSL counts references and locks the store's look-ups itself.
final class TrustStore: @unchecked Sendable {
    /// Where Debian's `ca-certificates` has all authorities in one file.
    static let systemFile = "/etc/ssl/certs/ca-certificates.crt"

    private let store: OpaquePointer

    /// Reads a file of certificates in PEM. Blocks, some 20 ms: for the blocking pool.
    init(file: String) throws(FetchError) {
        try CURLLibrary.require()
        guard let store = X509_STORE_new() else { throw FetchError(.internalError, "out of memory") }
        guard X509_STORE_load_locations(store, file, nil) == 1 else {
            X509_STORE_free(store)
            ERR_clear_error()
            throw FetchError(.internalError, "no certificate authorities can be read from \(file)")
        }
        // As curl does: a certificate that is itself in the file is trusted, whoever issued it.
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST))
        self.store = store
        // What OpenSSL sets up for its first handshake takes a millisecond or two; better here than on a loop.
        mesh_tls_rehearse(store)
    }

    deinit {
        X509_STORE_free(store)
    }

    /// Gives the authorities to one connection's context.
    func use(in context: UnsafeMutableRawPointer) {
        mesh_tls_use_store(context, store)
    }
}
