/// Why TLS could not be spoken with a peer, or a certificate could not be used. Its text is safe to show.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong, in one word, for metrics.
    public enum Reason: String, Sendable, CaseIterable {
        /// The peer does not speak TLS at all.
        case plainPeer = "plain"
        /// The two have no version of TLS, or no cipher, in common.
        case protocolTooOld = "version"
        /// The peer asks for another protocol in TLS, or for none where one is needed.
        case noApplicationProtocol = "alpn"
        /// The peer showed no certificate.
        case noCertificate = "no-certificate"
        /// Its certificate, or an authority's, has expired.
        case expired
        /// Its certificate is not valid yet.
        case notYetValid = "not-yet-valid"
        /// Its certificate is nobody's but its own.
        case selfSigned = "self-signed"
        /// Its certificate is of an authority that is not trusted.
        case unknownAuthority = "unknown-authority"
        /// Its certificate is for somebody else.
        case wrongName = "wrong-name"
        /// Its certificate is refused for another reason.
        case badCertificate = "bad-certificate"
        /// The peer refused us.
        case refusedByPeer = "refused-by-peer"
        /// The peer ended the connection without saying so.
        case truncated
        /// The peer broke the protocol.
        case malformed
        /// The peer wanted what is not done here: a new handshake, or new keys all the time.
        case abuse
        /// The handshake took too long, or too many bytes.
        case timeout
        /// A certificate, key or authority of ours cannot be used.
        case configuration
        /// The library failed.
        case library
    }

    /// What was wrong.
    public let reason: Reason
    /// The same in words.
    public let description: String

    init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
