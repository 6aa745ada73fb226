import Digest
import Observe
import Reactor
import Valkey

/// Browsers from which somebody has logged in: they are not locked out by what others try. A device is bound to the
/// account and the address of its login; a device cookie holds the user's id and 32 random bytes, of which the store
/// has a hash.
struct KnownDevices: Sendable {
    /// So long is a device remembered after a login from it.
    static let memory = Duration.seconds(90 * 86_400)
    /// A user has so many at the most; the oldest go.
    static let most = 50

    let store: ValkeyClient
    let now: @Sendable () -> WallTime

    /// A device that is known.
    struct Device: Sendable {
        let token: String
        fileprivate let user: Identifier
        /// What stands for it in the store; it names nobody.
        let mark: String
    }

    /// The device of a cookie if it is known for this address; nil otherwise.
    func find(_ token: String, for address: EmailAddress, by deadline: MonotonicTime?) async throws(ValkeyError)
        -> Device?
    {
        guard let bytes = Base64URL.decode(token, count: 48) else { return nil }
        let user = Identifier(bytes: bytes[0..<16])
        let mark = Self.mark(token, address)
        guard let until = try await store.zscore(Self.key(user), mark, deadline: deadline),
            until > Double(now().milliseconds)
        else { return nil }
        return Device(token: token, user: user, mark: mark)
    }

    /// Remembers the device of a login.
    /// - Parameter known: the one that its cookie named.
    /// - Returns: what the cookie is to hold.
    func remember(
        _ known: Device?,
        user: Identifier,
        address: EmailAddress,
        by deadline: MonotonicTime?
    ) async throws(ValkeyError) -> String {
        let token =
            known.flatMap { $0.user == user ? $0.token : nil } ?? Base64URL.encode(user.bytes + [UInt8].random(32))
        let key = Self.key(user)
        let now = now()
        let replies = try await store.pipeline(
            [
                ValkeyCommand("ZREMRANGEBYSCORE", key, "-inf", now.milliseconds),
                ValkeyCommand("ZADD", key, now.advanced(by: Self.memory).milliseconds, Self.mark(token, address)),
                ValkeyCommand("ZREMRANGEBYRANK", key, 0, -Self.most - 1),
                ValkeyCommand("PEXPIRE", key, Self.memory.milliseconds),
            ],
            deadline: deadline
        )
        for reply in replies { _ = try reply.integer() }
        return token
    }

    /// Forgets all of a user's.
    func forgetAll(of user: Identifier, by deadline: MonotonicTime?) async throws(ValkeyError) {
        _ = try await store.del([Self.key(user)], deadline: deadline)
    }

    private static func mark(_ token: String, _ address: EmailAddress) -> String {
        Base64URL.encode(SHA256.hash(Array("\(token)\n\(address.folded)".utf8)))
    }

    private static func key(_ user: Identifier) -> String { "auth:{\(user.text)}:d" }
}
