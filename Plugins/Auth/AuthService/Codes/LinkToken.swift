import Digest

/// What a link in a mail holds: which record (a byte for the purpose, 16 that stand for the address), then a secret of
/// 32 random bytes; 66 characters of base64url. Of the secret the store has the SHA-256, which is enough for 256 random
/// bits.
struct LinkToken: Sendable {
    let purpose: CodePurpose
    let place: [UInt8]
    let secret: [UInt8]

    init(purpose: CodePurpose, place: [UInt8]) {
        precondition(place.count == 16, "a place has 16 bytes")
        self.purpose = purpose
        self.place = place
        secret = .random(32)
    }

    /// Reads a token; nil for what is none.
    init?(_ text: String) {
        guard let bytes = Base64URL.decode(text, count: 49), let purpose = CodePurpose(rawValue: bytes[0]) else {
            return nil
        }
        self.purpose = purpose
        place = Array(bytes[1..<17])
        secret = Array(bytes[17...])
    }

    /// The text in the link.
    var text: String { Base64URL.encode([purpose.rawValue] + place + secret) }

    /// What the store has of the secret.
    var hash: [UInt8] { SHA256.hash(secret) }
}
