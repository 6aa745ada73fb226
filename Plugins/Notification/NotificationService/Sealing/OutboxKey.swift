import COutboxSeal
import Observe
import Postgres

/// One key of the outbox, and what is derived from it: how contents are sealed, and how what must be compared is hashed.
struct OutboxKey: Sendable {
    /// The fewest bytes of the text that a key is made from.
    static let fewestBytes = 32

    /// Tells keys apart; stands in each row. Says nothing of the key.
    let id: Int32
    private let sealing: [UInt8]
    private let hashing: [UInt8]

    /// The key that `secret` stands for: any text of high entropy, so one hash of it is enough.
    init(_ secret: Secret) {
        let master = Self.mac(Array("lonja notification outbox".utf8), Array(secret.reveal().utf8))
        id = Self.mac(master, Array("id".utf8)).prefix(4).reduce(0) { $0 << 8 | Int32($1) }
        sealing = Self.mac(master, Array("seal".utf8))
        hashing = Self.mac(master, Array("hash".utf8))
    }

    /// Seals the content of the mail `id`. A key for each mail, so that no nonce ever meets another under one key.
    func seal(_ plain: [UInt8], for id: PostgresUUID) -> [UInt8] {
        let name = Array(id.description.utf8)
        let key = Self.mac(sealing, name)
        var sealed = [UInt8](repeating: 0, count: plain.count + Int(outbox_nonce_bytes + outbox_tag_bytes))
        let done = outbox_seal(key, name, name.count, plain, plain.count, &sealed)
        precondition(done == 1, "OpenSSL gave neither randomness nor memory")
        return sealed
    }

    /// The content of the mail `id`; nil if it was changed, or belongs to another mail or key.
    func open(_ sealed: [UInt8], for id: PostgresUUID) -> [UInt8]? {
        let overhead = Int(outbox_nonce_bytes + outbox_tag_bytes)
        guard sealed.count >= overhead else { return nil }
        let name = Array(id.description.utf8)
        // One byte at least: an empty array has no address, and the library takes none for a wish to say the length.
        var plain = [UInt8](repeating: 0, count: max(1, sealed.count - overhead))
        guard outbox_open(Self.mac(sealing, name), name, name.count, sealed, sealed.count, &plain) == 1 else {
            return nil
        }
        return Array(plain.prefix(sealed.count - overhead))
    }

    /// A hash that only holders of the key can make: a code of forty bits could be guessed from a plain one.
    func hash(_ purpose: StaticString, _ bytes: [UInt8]) -> [UInt8] {
        Self.mac(hashing, Array(purpose.description.utf8) + [0] + bytes)
    }

    private static func mac(_ key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: Int(outbox_mac_bytes))
        let done = outbox_mac(key, key.count, bytes, bytes.count, &result)
        precondition(done == 1, "OpenSSL has no SHA-256")
        return result
    }
}
