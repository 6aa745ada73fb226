internal import CSystemSSL
internal import Glibc

/// Finds out why the certificate of a server is not accepted.
///
/// libpq 15 says no more than "certificate verify failed", and has let go of the TLS session by then. So the server is
/// asked once more, just for the handshake, and OpenSSL's verdict is put into words. Nothing of a user is sent.
enum CertificateCheck {
    /// The reason; nil if none can be found. Blocks, about two seconds at the most for each of five steps: for the
    /// blocking pool.
    /// - Parameters:
    ///   - address: numeric.
    ///   - rootCertificate: the file of the authorities that are trusted.
    static func reason(
        address: String,
        host: PostgresConfiguration.Host,
        rootCertificate: String
    ) -> String? {
        guard let descriptor = connect(address, host.port) else { return nil }
        defer { close(descriptor) }
        guard asksForTLS(descriptor) else { return nil }
        return withoutBrokenPipe { verdict(descriptor, host.name, rootCertificate) }
    }

    private static func verdict(_ descriptor: Int32, _ host: String, _ rootCertificate: String) -> String? {
        defer { ERR_clear_error() }
        guard let context = SSL_CTX_new(TLS_client_method()) else { return nil }
        defer { SSL_CTX_free(context) }
        guard SSL_CTX_load_verify_locations(context, rootCertificate, nil) == 1 else { return nil }
        // The handshake goes on whatever the verdict is, so that the certificate can be looked at.
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        guard let session = SSL_new(context) else { return nil }
        defer { SSL_free(session) }
        mesh_ssl_set_server_name(session, host)
        guard SSL_set_fd(session, descriptor) == 1, SSL_connect(session) == 1,
            let certificate = SSL_get1_peer_certificate(session)
        else { return nil }
        defer { X509_free(certificate) }
        return words(SSL_get_verify_result(session), certificate)
    }

    /// Values of X509_V_ERR_… (openssl/x509_vfy.h).
    private static func words(_ verdict: Int, _ certificate: OpaquePointer) -> String? {
        switch Int32(truncatingIfNeeded: verdict) {
        case X509_V_OK: return nil
        case X509_V_ERR_CERT_HAS_EXPIRED:
            let end = X509_get0_notAfter(certificate)
            guard let end, X509_cmp_current_time(end) < 0 else {
                return "the certificate of an authority of the server's certificate has expired"
            }
            return "the server's certificate has expired\(text(end).map { " on \($0)" } ?? "")"
        case X509_V_ERR_CERT_NOT_YET_VALID:
            let start = X509_get0_notBefore(certificate).flatMap(text)
            return "the server's certificate is not valid yet\(start.map { ", but from \($0)" } ?? "")"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return "the server's certificate is self-signed and not among those that are trusted"
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_CERT_SIGNATURE_FAILURE:
            let issuer = commonName(X509_get_issuer_name(certificate))
            return "the server's certificate is signed by an authority that is not trusted"
                + (issuer.map { " (\($0))" } ?? "")
        default:
            return "the server's certificate is refused: \(String(cString: X509_verify_cert_error_string(verdict)))"
        }
    }

    private static func text(_ time: UnsafePointer<ASN1_TIME>) -> String? {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress, strftime(start, 64, "%Y-%m-%d %H:%M UTC", &parts) > 0 else {
                return nil
            }
            return String(cString: start)
        }
    }

    /// What stands in the certificate was written by whoever answered: only harmless characters are taken.
    private static func commonName(_ name: OpaquePointer?) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, X509_NAME_get_text_by_NID(name, NID_commonName, start, 128) > 0 else {
                return nil
            }
            let text = String(cString: start).unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }
            return String(String.UnicodeScalarView(text))
        }
    }

    // MARK: The socket

    private static func connect(_ address: String, _ port: UInt16) -> Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, String(port), &hints, &list) == 0, let entry = list?.pointee else { return nil }
        defer { freeaddrinfo(list) }
        let descriptor = socket(entry.ai_family, entry.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        // The limit for sending holds for connecting too (socket(7)).
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard Glibc.connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// SSLRequest (manual, 55.7); whether the server agrees.
    private static func asksForTLS(_ descriptor: Int32) -> Bool {
        let request: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return false
        }
        var answer: UInt8 = 0
        return recv(descriptor, &answer, 1, 0) == 1 && answer == UInt8(ascii: "S")
    }

    /// OpenSSL writes with write(2), which raises SIGPIPE when the peer is gone.
    private static func withoutBrokenPipe<Result>(_ body: () -> Result) -> Result {
        var (pipe, before, pending) = (sigset_t(), sigset_t(), sigset_t())
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        sigpending(&pending)
        let wasPending = sigismember(&pending, SIGPIPE) == 1
        defer {
            var none = timespec()
            if !wasPending { sigtimedwait(&pipe, nil, &none) }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return body()
    }
}
