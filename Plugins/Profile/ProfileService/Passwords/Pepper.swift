import Digest
import Observe

/// Keys that go into a password before it is hashed, kept outside of the database: who has stolen that alone cannot try
/// passwords. Each has an id, which is stored with the hash, so that keys can be changed: new hashes take the first, and
/// those of others are made anew when their owners log in.
struct Pepper: Sendable {
    /// The text is not what it should be.
    struct Malformed: Error, CustomStringConvertible {
        let description =
            "must be id:key, or several separated by commas, the current one first; an id is 1 to 8 lower-case letters and"
            + " digits, a key at least 32 characters without commas"
    }

    private let keys: [(id: String, key: Secret)]

    /// No keys.
    init() { keys = [] }

    /// Reads `id:key,id:key`.
    init(parsing secret: Secret) throws(Malformed) {
        var keys: [(id: String, key: Secret)] = []
        for part in secret.reveal().split(separator: ",", omittingEmptySubsequences: false) {
            guard let colon = part.firstIndex(of: ":") else { throw Malformed() }
            let (id, key) = (String(part[..<colon]), String(part[part.index(after: colon)...]))
            guard Self.isID(id), key.utf8.count >= 32, !keys.contains(where: { $0.id == id }) else {
                throw Malformed()
            }
            keys.append((id, Secret(key)))
        }
        self.keys = keys
    }

    /// Which key new hashes take; nil for none.
    var current: String? { keys.first?.id }

    /// What is hashed of a password: itself without a key. Nil for a key that is not here.
    func apply(_ id: String?, to password: [UInt8]) -> [UInt8]? {
        guard let id else { return password }
        guard let key = keys.first(where: { $0.id == id })?.key else { return nil }
        return HMACSHA256.code(password, key: Array(key.reveal().utf8))
    }

    static func isID(_ text: String) -> Bool {
        (1...8).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
    }
}
