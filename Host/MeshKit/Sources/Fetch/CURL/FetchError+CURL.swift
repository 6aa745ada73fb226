internal import CSystemCURL

extension FetchError {
    /// What a result of curl's means. Certificates are told apart by OpenSSL's verdict, not by texts.
    static func of(_ code: CURLcode, _ easy: CURLEasyHandle, host: String) -> FetchError {
        func error(_ code: Code, _ message: String) -> FetchError { FetchError(code, "\(host): \(message)") }
        let detail = easy.failureText
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return error(.unresolved, "the name has no address")
        case CURLE_COULDNT_RESOLVE_PROXY: return error(.unresolved, "the proxy's name has no address")
        case CURLE_COULDNT_CONNECT: return error(.connectFailed, detail.isEmpty ? "no connection" : detail)
        case CURLE_OPERATION_TIMEDOUT: return error(.connectTimeout, "no connection in time")
        case CURLE_PEER_FAILED_VERIFICATION: return certificate(easy, host)
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED:
            return error(.tlsFailed, detail.isEmpty ? "the TLS handshake failed" : detail)
        case CURLE_USE_SSL_FAILED: return error(.tlsNotOffered, "the server offers no STARTTLS, which is required")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
            return error(.connectionLost, "the connection ended before the answer was complete")
        case CURLE_HTTP2_STREAM: return error(.connectionLost, "the server reset the exchange")
        case CURLE_HTTP2, CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            return error(.protocolViolation, "the server does not keep to the protocol")
        case CURLE_BAD_CONTENT_ENCODING: return error(.protocolViolation, "the transfer's coding is not known")
        default: return error(.internalError, String(cString: curl_easy_strerror(code)))
        }
    }

    /// Values of X509_V_ERR_… (openssl/x509_vfy.h).
    private static func certificate(_ easy: CURLEasyHandle, _ host: String) -> FetchError {
        let verdict = Int32(truncatingIfNeeded: easy.long(CURLINFO_SSL_VERIFYRESULT))
        let (code, reason): (Code, String) =
            switch verdict {
            // The handshake went well and with it the chain, so it is curl's comparison of names, which comes before it
            // notes a verdict, that failed: 1 is what it notes first.
            case X509_V_OK, X509_V_ERR_UNSPECIFIED, X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
                (.certificateWrongHost, "the certificate is for another host")
            case X509_V_ERR_CERT_HAS_EXPIRED: (.certificateExpired, "the certificate has expired")
            case X509_V_ERR_CERT_NOT_YET_VALID: (.certificateNotYetValid, "the certificate is not valid yet")
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
                (.certificateSelfSigned, "the certificate is self-signed and not trusted here")
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
                X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
                (.certificateUnknownAuthority, "the certificate's authority is not trusted here")
            default:
                (
                    .certificateInvalid,
                    "the certificate is refused: \(String(cString: X509_verify_cert_error_string(Int(verdict))))"
                )
            }
        return FetchError(code, "\(host): \(reason)")
    }
}
