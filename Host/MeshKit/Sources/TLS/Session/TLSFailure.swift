internal import CSystemSSL

/// Puts what OpenSSL says of a failure into words.
enum TLSFailure {
    /// The error of a call that has just failed with `result`.
    static func error(of session: OpaquePointer?, _ result: Int32, _ role: TLSConfiguration.Role) -> TLSError {
        let kind = SSL_get_error(session, result)
        let found = TLSLibrary.takeError()
        guard let found, kind == SSL_ERROR_SSL else {
            return TLSError(.malformed, "the peer broke TLS off")
        }
        if found.reason > SSL_AD_REASON_OFFSET, found.reason < SSL_AD_REASON_OFFSET + 256 {
            return refusal(found.reason - SSL_AD_REASON_OFFSET)
        }
        let peer = role == .client ? "server" : "client"
        switch found.reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED: return verdict(SSL_get_verify_result(session), peer)
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return TLSError(.noCertificate, "the \(peer) shows no certificate")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_UNKNOWN_PROTOCOL, SSL_R_WRONG_SSL_VERSION:
            return TLSError(.protocolTooOld, "the \(peer) speaks only versions of TLS that are too old")
        case SSL_R_NO_SHARED_CIPHER: return TLSError(.protocolTooOld, "the \(peer) knows no cipher that is good enough")
        case SSL_R_NO_APPLICATION_PROTOCOL:
            return TLSError(.noApplicationProtocol, "the \(peer) asks for another protocol in TLS (ALPN)")
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            return TLSError(.plainPeer, "the \(peer) speaks HTTP without TLS")
        default: return TLSError(.malformed, "the \(peer) broke the rules of TLS: \(found.text)")
        }
    }

    /// Values of X509_V_ERR_… (openssl/x509_vfy.h).
    private static func verdict(_ verdict: Int, _ peer: String) -> TLSError {
        switch Int32(truncatingIfNeeded: verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TLSError(.expired, "the \(peer)'s certificate, or its authority's, has expired")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return TLSError(.notYetValid, "the \(peer)'s certificate is not valid yet")
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return TLSError(.selfSigned, "the \(peer)'s certificate is self-signed")
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return TLSError(.unknownAuthority, "the \(peer)'s certificate is of an authority that is not trusted")
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return TLSError(.wrongName, "the \(peer)'s certificate is for somebody else")
        default:
            let text = String(cString: X509_verify_cert_error_string(verdict))
            return TLSError(.badCertificate, "the \(peer)'s certificate is refused: \(text)")
        }
    }

    /// Alerts of the peer (RFC 8446 §6).
    private static func refusal(_ alert: Int32) -> TLSError {
        let why =
            switch alert {
            case SSL_AD_BAD_CERTIFICATE, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNSUPPORTED_CERTIFICATE:
                "it does not accept our certificate"
            case SSL_AD_CERTIFICATE_EXPIRED: "our certificate has expired"
            case SSL_AD_CERTIFICATE_REVOKED: "our certificate is revoked"
            case SSL_AD_UNKNOWN_CA: "our certificate is of an authority that it does not trust"
            case SSL_AD_CERTIFICATE_REQUIRED: "it wants a certificate"
            case SSL_AD_PROTOCOL_VERSION: "it speaks other versions of TLS"
            case SSL_AD_HANDSHAKE_FAILURE, SSL_AD_INSUFFICIENT_SECURITY: "there is no common cipher"
            case SSL_AD_NO_APPLICATION_PROTOCOL: "it speaks another protocol in TLS (ALPN)"
            case SSL_AD_UNRECOGNIZED_NAME: "it does not know that name"
            default: "alert \(alert)"
            }
        return TLSError(.refusedByPeer, "the peer refused: \(why)")
    }
}
