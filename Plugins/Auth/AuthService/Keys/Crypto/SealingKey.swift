import CAuthCrypto
import Digest

/// Encrypts short texts for the store: AES-256-GCM with a random nonce in front.
///
/// The key is drawn from a secret and a purpose by HMAC-SHA-256, so that what is sealed for one purpose opens for no other.
struct SealingKey: Sendable {
    private static let nonceBytes = Int(AUTH_CRYPTO_SEAL_NONCE)
    private static let tagBytes = Int(AUTH_CRYPTO_SEAL_TAG)
    private let key: [UInt8]

    /// - Parameter secret: not empty; its entropy is the key's.
    init(secret: [UInt8], purpose: StaticString) {
        precondition(!secret.isEmpty, "a sealing key needs a secret")
        key = Self.code(of: Array(purpose.description.utf8), key: secret)
    }

    /// The text for the store. It opens with the same `context` only.
    func seal(_ plain: [UInt8], context: [UInt8]) throws(CryptoError) -> [UInt8] {
        precondition(!plain.isEmpty && !context.isEmpty, "nothing is sealed, or for nothing")
        let nonce = [UInt8].random(Self.nonceBytes)
        var sealed = [UInt8](repeating: 0, count: plain.count + Self.tagBytes)
        guard auth_crypto_seal(key, nonce, context, context.count, plain, plain.count, &sealed) == 1 else {
            throw CryptoError("nothing could be sealed")
        }
        return nonce + sealed
    }

    /// What was sealed; nil if anything was changed, or it was sealed by another key or for another context.
    func open(_ sealed: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard sealed.count > Self.nonceBytes + Self.tagBytes, !context.isEmpty else { return nil }
        let nonce = Array(sealed[..<Self.nonceBytes])
        let rest = Array(sealed[Self.nonceBytes...])
        var plain = [UInt8](repeating: 0, count: rest.count - Self.tagBytes)
        guard auth_crypto_open(key, nonce, context, context.count, rest, rest.count, &plain) == 1 else { return nil }
        return plain
    }

    private static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        let isDone = auth_crypto_hmac(key, key.count, message, message.count, &code)
        precondition(isDone == 1, "HMAC fails only without memory")
        return code
    }
}
