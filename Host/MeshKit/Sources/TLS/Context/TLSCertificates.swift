internal import CSystemSSL

/// Reading certificates and keys from PEM texts.
enum TLSCertificates {
    /// So many certificates of one text are read.
    static let most = 256

    /// Every certificate of a text, in order; at least one.
    /// - Parameter what: what the text is, for the error.
    static func read(_ text: [UInt8], _ what: String) throws(TLSError) -> [TLSCertificate] {
        var certificates: [TLSCertificate] = []
        let isReadable = withSource(text) { source in
            while certificates.count < most, let next = PEM_read_bio_X509(source, nil, noPassword, nil) {
                certificates.append(TLSCertificate(owning: next))
            }
            // The end of the text looks like a text without a beginning.
            let error = ERR_peek_last_error()
            ERR_clear_error()
            return error == 0 || ERR_GET_REASON(error) == PEM_R_NO_START_LINE
        }
        guard isReadable, !certificates.isEmpty else {
            throw TLSError(.configuration, "\(what) is no PEM text with certificates")
        }
        return certificates
    }

    /// Gives a context its certificate, the chain behind it and its key.
    static func use(_ chain: [TLSCertificate], key text: [UInt8], in context: OpaquePointer) throws(TLSError) {
        guard let key = withSource(text, { PEM_read_bio_PrivateKey($0, nil, noPassword, nil) }) else {
            ERR_clear_error()
            throw TLSError(.configuration, "the key is no PEM text with a private key, or is encrypted")
        }
        defer { EVP_PKEY_free(key) }
        guard let first = chain.first, SSL_CTX_use_certificate(context, first.pointer) == 1 else {
            throw TLSError(.configuration, "the certificate cannot be used: \(problem)")
        }
        for certificate in chain.dropFirst() where mesh_ssl_context_add_chain(context, certificate.pointer) != 1 {
            throw TLSError(.configuration, "the chain of the certificate cannot be used: \(problem)")
        }
        guard SSL_CTX_use_PrivateKey(context, key) == 1, SSL_CTX_check_private_key(context) == 1 else {
            throw TLSError(.configuration, "the key is not the certificate's")
        }
    }

    private static var problem: String { TLSLibrary.takeError()?.text ?? "no reason is given" }

    private static func withSource<Result>(_ text: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
        text.withUnsafeBytes { bytes in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(source) }
            return body(source)
        }
    }

    private static func withSource(_ text: [UInt8], _ body: (OpaquePointer) -> Bool) -> Bool {
        withSource(text) { body($0) ? true : nil } ?? false
    }

    /// Without it OpenSSL asks on the terminal.
    private static let noPassword:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
        ) -> Int32 = { _, _, _, _ in -1 }
}
