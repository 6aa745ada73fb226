import CSendGridHook
import Digest

/// The public key that SendGrid's event webhook signs with: on P-256, shown in SendGrid's settings as base64 of its
/// SubjectPublicKeyInfo.
struct SendGridHookKey: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Nil for a text that is no such key.
    init?(_ text: String) {
        guard text.utf8.count <= 1024, let bytes = Base64.decode(text.utf8, mayBePadded: true),
            sendgrid_hook_is_key(bytes, bytes.count) == 1
        else { return nil }
        self.bytes = bytes
    }

    /// Whether a signature (ECDSA with SHA-256, in DER) is valid for the timestamp's text with the body behind it.
    func isValid(_ signature: [UInt8], timestamp: String, body: [UInt8]) -> Bool {
        guard (8...72).contains(signature.count) else { return false }
        let prefix = Array(timestamp.utf8)
        return sendgrid_hook_verify(
            bytes,
            bytes.count,
            prefix,
            prefix.count,
            body,
            body.count,
            signature,
            signature.count
        ) == 1
    }
}
