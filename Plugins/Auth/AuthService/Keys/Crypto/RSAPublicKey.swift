import CAuthCrypto

/// A public key for RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
// Safe: the key never changes after `init`, and OpenSSL lets several threads use such a key (see auth_crypto.h).
final class RSAPublicKey: @unchecked Sendable {
    /// Bits of a modulus: RFC 7518 §3.3 wants 2048 at least, and more than 8192 only cost time.
    static let modulusBits = 2048...8192

    private let key: OpaquePointer
    private let bytes: Int

    /// The key of a modulus and an exponent, big-endian; nil for a size that is not allowed, leading zeros, or an exponent
    /// that is even, 1, or longer than 8 bytes.
    init?(modulus: [UInt8], exponent: [UInt8]) {
        guard let first = modulus.first, first != 0,
            Self.modulusBits.contains(modulus.count * 8 - first.leadingZeroBitCount),
            let last = exponent.last, last & 1 == 1, exponent.count <= 8, exponent.first != 0, exponent != [1],
            let key = auth_crypto_rsa_public(modulus, modulus.count, exponent, exponent.count)
        else { return nil }
        self.key = key
        bytes = modulus.count
    }

    deinit { auth_crypto_free(key) }

    /// Whether a signature, which is as long as the modulus, is by this key.
    func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        signature.count == bytes
            && auth_crypto_rs256_verify(key, message, message.count, signature, signature.count) == 1
    }
}
