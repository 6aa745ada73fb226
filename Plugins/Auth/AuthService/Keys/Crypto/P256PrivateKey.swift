import CAuthCrypto

/// A private key for ES256: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
///
/// On OpenSSL 3, which every process of the mesh holds already, and not on jwt-kit: that brings a second copy of swift-log
/// into the plugin, which a plugin must not have.
// Safe: the key never changes after `init`, and OpenSSL lets several threads use such a key (see auth_crypto.h).
final class P256PrivateKey: @unchecked Sendable {
    /// The public point: 0x04, X and Y, 65 bytes (SEC 1 §2.3.3).
    let point: [UInt8]
    private let key: OpaquePointer

    private init(owning key: OpaquePointer, point: [UInt8]) {
        self.key = key
        self.point = point
    }

    deinit { auth_crypto_free(key) }

    /// A new one, of random from the kernel.
    /// - Throws: `CryptoError` when OpenSSL has no random or memory.
    static func generate() throws(CryptoError) -> P256PrivateKey {
        guard let key = auth_crypto_p256_generate() else { throw CryptoError("no key could be made") }
        var scalar = [UInt8](repeating: 0, count: Int(AUTH_CRYPTO_SCALAR))
        var point = [UInt8](repeating: 0, count: Int(AUTH_CRYPTO_POINT))
        let isDone = auth_crypto_p256_export(key, &scalar, &point)
        for index in scalar.indices { scalar[index] = 0 }
        guard isDone == 1 else {
            auth_crypto_free(key)
            throw CryptoError("a new key could not be read")
        }
        return P256PrivateKey(owning: key, point: point)
    }

    /// The one of a scalar and its point; nil if they do not belong together.
    convenience init?(scalar: [UInt8], point: [UInt8]) {
        guard scalar.count == Int(AUTH_CRYPTO_SCALAR), point.count == Int(AUTH_CRYPTO_POINT),
            let key = auth_crypto_p256_private(scalar, point)
        else { return nil }
        self.init(owning: key, point: point)
    }

    /// The scalar: 32 bytes that must not be seen.
    func scalar() throws(CryptoError) -> [UInt8] {
        var scalar = [UInt8](repeating: 0, count: Int(AUTH_CRYPTO_SCALAR))
        var point = [UInt8](repeating: 0, count: Int(AUTH_CRYPTO_POINT))
        guard auth_crypto_p256_export(key, &scalar, &point) == 1 else { throw CryptoError("a key could not be read") }
        return scalar
    }

    /// Signs; r and s, 64 bytes.
    func signature(of message: [UInt8]) throws(CryptoError) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Int(AUTH_CRYPTO_SIGNATURE))
        guard auth_crypto_es256_sign(key, message, message.count, &signature) == 1 else {
            throw CryptoError("nothing could be signed")
        }
        return signature
    }

    /// Whether a signature of 64 bytes, neither half zero, is by this key; other forms, such as DER, are none.
    func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        signature.count == Int(AUTH_CRYPTO_SIGNATURE)
            && auth_crypto_es256_verify(key, message, message.count, signature) == 1
    }
}
