import Observe
import Reactor
import Valkey

/// The sessions of all users, in Valkey.
struct SessionStore: Sendable {
    let store: ValkeyClient
    let policy: SessionPolicy
    let now: @Sendable () -> WallTime

    /// A record as it stands in the store.
    struct Stored: Sendable {
        let user: Identifier
        let id: Identifier
        let bytes: [UInt8]
        let record: SessionRecord
    }

    /// Which sessions of a user end.
    enum Selection: Sendable {
        case only(Identifier)
        case allBut(Identifier)
        case all
        case none
    }

    /// What becomes of the epoch of the sessions that stay.
    enum EpochChange: Sendable {
        /// Nothing.
        case none
        /// The account's is about to be raised to this one.
        case coming(Int64)
        /// The account's is this one: no session of an earlier one can be opened any more.
        case settled(Int64)
    }

    /// How long a login may take from the proof to its session, and more.
    private static let floorLife = Duration.seconds(900)

    /// Opens a session, and ends others where a user has too many.
    /// - Returns: its token and its record, and how many others ended; nil if the account has a later epoch by now.
    func open(
        _ user: Identifier,
        epoch: Int64,
        isRemembered: Bool,
        isEmailVerified: Bool,
        address: String,
        agent: String,
        by deadline: MonotonicTime?
    ) async throws(ValkeyError) -> (token: SessionToken, record: SessionRecord, evicted: Int)? {
        let now = now()
        let token = SessionToken(user: user, session: .random())
        let record = SessionRecord(
            tokenHash: token.hash,
            epoch: epoch,
            isRemembered: isRemembered,
            isEmailVerified: isEmailVerified,
            address: address,
            agent: agent,
            policy: policy,
            now: now
        )
        let evicted = try await store.run(
            SessionScripts.open,
            keys: [Self.index(user), Self.key(user, token.session), Self.floor(user)] + SessionChanges.keys,
            arguments: [
                now.milliseconds, record.end(policy).milliseconds, policy.mostPerUser, Self.prefix(user),
                token.session.text, record.encoded, Int(epoch), user.text,
            ],
            deadline: deadline
        ).integer()
        guard evicted >= 0 else { return nil }
        return (token, record, evicted)
    }

    /// The record of a session; nil if there is none, or none that lives.
    func find(
        _ user: Identifier,
        _ id: Identifier,
        by deadline: MonotonicTime?
    ) async throws(ValkeyError) -> Stored? {
        stored(user, id, try await store.get(Self.key(user, id), deadline: deadline))
    }

    /// The same, and where the list of changes stood when it was read; 0 where that cannot be told.
    func find(
        _ user: Identifier,
        _ id: Identifier,
        among changes: SessionChanges,
        by deadline: MonotonicTime?
    ) async throws(ValkeyError) -> (stored: Stored, position: Int)? {
        let (bytes, position) = try await changes.read(Self.key(user, id), by: deadline)
        return stored(user, id, bytes).map { ($0, position) }
    }

    private func stored(_ user: Identifier, _ id: Identifier, _ bytes: [UInt8]?) -> Stored? {
        guard let bytes, let record = SessionRecord(bytes), now() < record.end(policy) else { return nil }
        return Stored(user: user, id: id, bytes: bytes, record: record)
    }

    /// Puts a record in the place of another, if that one still stands there.
    /// - Parameter isSeen: whether the session was seen, and nothing else has changed: that is told nobody.
    func replace(
        _ stored: Stored,
        with record: SessionRecord,
        isSeen: Bool = false,
        by deadline: MonotonicTime?
    ) async throws(ValkeyError) -> Bool {
        try await store.run(
            SessionScripts.replace,
            keys: [Self.index(stored.user), Self.key(stored.user, stored.id)] + SessionChanges.keys,
            arguments: [
                now().milliseconds, record.end(policy).milliseconds, stored.id.text, stored.bytes, record.encoded,
                isSeen ? "" : stored.user.text,
            ],
            deadline: deadline
        ).flag()
    }

    /// Ends sessions in one step; those that stay are of the new epoch from now on, unless they are of a later one.
    /// - Returns: how many ended.
    @discardableResult
    func end(
        _ selection: Selection,
        of user: Identifier,
        epoch: EpochChange = .none,
        by deadline: MonotonicTime?
    ) async throws(ValkeyError) -> Int {
        let (mode, id) =
            switch selection {
            case .only(let id): ("only", id.text)
            case .allBut(let id): ("but", id.text)
            case .all: ("but", "")
            case .none: ("none", "")
            }
        let (value, life) =
            switch epoch {
            case .none: (0, 0)
            case .coming(let value): (Int(value), 0)
            case .settled(let value): (Int(value), Self.floorLife.milliseconds)
            }
        return try await store.run(
            SessionScripts.end,
            keys: [Self.index(user), Self.floor(user)] + SessionChanges.keys,
            arguments: [now().milliseconds, Self.prefix(user), mode, id, value, life, user.text],
            deadline: deadline
        ).integer()
    }

    /// A user's live sessions, the one seen last first.
    func list(_ user: Identifier, by deadline: MonotonicTime?) async throws(ValkeyError) -> [Stored] {
        let now = now()
        let reply = try await store.run(
            SessionScripts.list,
            keys: [Self.index(user)],
            arguments: [now.milliseconds, Self.prefix(user)],
            deadline: deadline
        )
        return try reply.pairs(String.self, [UInt8].self).compactMap { text, bytes -> Stored? in
            guard let id = Identifier(text), let record = SessionRecord(bytes), now < record.end(policy) else {
                return nil
            }
            return Stored(user: user, id: id, bytes: bytes, record: record)
        }.sorted { $0.record.lastSeen > $1.record.lastSeen }
    }

    private static func prefix(_ user: Identifier) -> String { "auth:{\(user.text)}:s:" }
    private static func floor(_ user: Identifier) -> String { "auth:{\(user.text)}:e" }
    private static func index(_ user: Identifier) -> String { "auth:{\(user.text)}:x" }
    private static func key(_ user: Identifier, _ id: Identifier) -> String { prefix(user) + id.text }
}
