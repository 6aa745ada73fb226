import Config
import Observe
import Postgres

/// The keys of the outbox. The first seals; the others open what was sealed before they were replaced.
struct OutboxKeyring: Sendable {
    /// The key that secrets are configured by.
    static let setting = "notification.outbox.key"

    /// The one that seals.
    let current: OutboxKey
    private let keys: [Int32: OutboxKey]

    /// - Parameter keys: at least one.
    init(_ keys: [OutboxKey]) {
        precondition(!keys.isEmpty, "a keyring holds a key")
        current = keys[0]
        self.keys = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The keys of a secret that holds one, or several with commas or white space between them, the newest first.
    /// - Throws: `ConfigurationError` for a key that is too short.
    static func keys(of secret: Secret, origin: String) throws(ConfigurationError) -> [OutboxKey] {
        let texts = secret.reveal().split { $0 == "," || $0.isWhitespace }
        guard !texts.isEmpty, texts.allSatisfy({ $0.utf8.count >= OutboxKey.fewestBytes }) else {
            throw ConfigurationError(
                invalid: setting,
                "\(setting) (\(origin)) is too short; use at least \(OutboxKey.fewestBytes) characters for each key,"
                    + " as `openssl rand -base64 32` gives them"
            )
        }
        return texts.map { OutboxKey(Secret(String($0))) }
    }

    /// The key of this id; nil if it is not here.
    func key(_ id: Int32) -> OutboxKey? { keys[id] }

    /// The hashes of `bytes` by all keys, that of the one that seals among them: what was hashed before a key was replaced
    /// is found too.
    func hashes(_ purpose: StaticString, _ bytes: [UInt8]) -> [[UInt8]] { keys.values.map { $0.hash(purpose, bytes) } }

    /// The content of a mail; nil if its key is not here or it was changed.
    func open(_ sealed: [UInt8], by keyID: Int32, for id: PostgresUUID) -> [UInt8]? {
        keys[keyID]?.open(sealed, for: id)
    }
}
