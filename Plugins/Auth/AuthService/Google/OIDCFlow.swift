import Digest

/// A login under way: what is remembered between sending the browser to the issuer and its return.
///
/// It lies in the store under the hash of the flow token, encrypted with a key drawn from that token: what the store holds
/// is of no use without the browser's cookie.
struct OIDCFlow: Sendable, Hashable {
    /// Bytes of random in each of token, state and nonce: 256 bits.
    private static let randomBytes = 32
    /// Bytes of random in a verifier, which make 64 characters (RFC 7636 §4.1 allows 43 to 128).
    private static let verifierBytes = 48

    var state: String
    var nonce: String
    var verifier: String
    var next: String

    /// A new one.
    init(next: String) {
        state = Base64URL.encode([UInt8].random(Self.randomBytes))
        nonce = Base64URL.encode([UInt8].random(Self.randomBytes))
        verifier = Base64URL.encode([UInt8].random(Self.verifierBytes))
        self.next = next
    }

    /// The challenge of PKCE's S256 (RFC 7636 §4.2).
    var challenge: String { Base64URL.encode(SHA256.hash(Array(verifier.utf8))) }
}

extension OIDCFlow {
    /// A new flow token, 43 characters.
    static func token() -> String { Base64URL.encode([UInt8].random(randomBytes)) }

    /// Whether a text may be a flow token.
    static func isToken(_ text: String) -> Bool { Base64URL.decode(text)?.count == randomBytes }

    /// The name in the store.
    static func key(_ token: String) -> String { "auth:oidc:flow:" + Hexadecimal.text(SHA256.hash(Array(token.utf8))) }

    /// What goes into the store.
    func sealed(_ token: String) throws(CryptoError) -> [UInt8] {
        let text = [state, nonce, verifier, next].joined(separator: "\n")
        return try Self.sealingKey(token).seal(Array(text.utf8), context: Array(Self.key(token).utf8))
    }

    /// What was sealed for this token; nil for anything else.
    init?(opening sealed: [UInt8], _ token: String) {
        guard let bytes = Self.sealingKey(token).open(sealed, context: Array(Self.key(token).utf8)) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        (state, nonce, verifier, next) = (String(parts[0]), String(parts[1]), String(parts[2]), String(parts[3]))
    }

    private static func sealingKey(_ token: String) -> SealingKey {
        SealingKey(secret: Array(token.utf8), purpose: "lonja auth login flow 1")
    }
}
