import Config
import Digest
import Logging
import Observe
import Plugin
import RPC
import Reactor
import Synchronization
import Valkey

/// Signs and verifies session keys: short-lived JSON Web Tokens that stand for a session.
///
/// Signing keys lie in Valkey, encrypted, for all replicas; a replica keeps them in memory, looks every minute whether
/// there are others, and makes the next one when it is due. `KeySchedule` says when.
final class SessionKeyRing: Sendable {
    private struct State {
        var ring: KeyRing?
        var secrets: [SealingKey]?
        var verified = VerifiedKeys()
    }

    /// How long a refresh because of an unknown key keeps others from it.
    private static let unknownInterval = Duration.seconds(30)
    /// From one look at the store to the next; well below the lead of a new key.
    private static let lookInterval = Duration.seconds(60)
    private static let retryInterval = Duration.seconds(5)

    private let store: KeyRingStore
    private let format: SessionKeyFormat
    private let timing: SessionKeyTiming
    private let configured: [SealingKey]?
    private let logger: Logger
    private let now: @Sendable () -> WallTime
    private let sleep: @Sendable (Duration) async throws -> Void
    private let refresher = Refresher()
    private let starter = Refresher()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - publicURL: the origin of the platform, which is the issuer.
    ///   - secrets: what keys are encrypted with: the first seals, all open; nil to keep one in the store.
    init(
        store: ValkeyClient,
        publicURL: String,
        secrets: [Secret]?,
        timing: SessionKeyTiming = SessionKeyTiming(),
        logger: Logger,
        now: @escaping @Sendable () -> WallTime = WallTime.now,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.store = KeyRingStore(store)
        self.timing = timing
        format = SessionKeyFormat(issuer: publicURL, timing: timing)
        configured = secrets?.map { Self.sealingKey(Array($0.reveal().utf8)) }
        self.logger = logger
        self.now = now
        self.sleep = sleep
    }

    private static func sealingKey(_ secret: [UInt8]) -> SealingKey {
        SealingKey(secret: secret, purpose: "lonja auth session keys 1")
    }

    // MARK: Use

    /// A session key for a session, and when it ends.
    /// - Throws: `ValkeyError` when the first look at the store fails.
    func sign(
        sessionID: String,
        userID: String,
        authenticatedAt: WallTime,
        scopes: Set<SessionScope>
    ) async throws -> (token: String, expiresAt: WallTime) {
        let ring = try await current()
        let time = now()
        guard let kid = ring.schedule.signer(at: time), let key = ring.keys[kid] else {
            throw RPCError(.unavailable, "there is no key to sign with yet")
        }
        let claims = SessionKeyClaims(
            sessionID: sessionID,
            userID: userID,
            authenticatedAt: authenticatedAt,
            expiresAt: WallTime(secondsSinceEpoch: time.advanced(by: timing.life).secondsSinceEpoch),
            scopes: scopes
        )
        return (try format.token(claims, issuedAt: time, kid: kid, key: key), claims.expiresAt)
    }

    /// What a session key says. Whether its session still is, is another question.
    /// - Throws: UNAUTHENTICATED ("session-key-invalid") for anything that is none, `ValkeyError` when its key is not known
    ///   here and the store cannot be asked.
    func verify(_ token: String) async throws -> SessionKeyClaims {
        do {
            return try await check(token)
        } catch let error as TokenError {
            logger.debug("a session key was refused", metadata: ["reason": .string(error.description)])
            throw RPCError(.unauthenticated, "the session key is not valid", reason: "session-key-invalid")
        }
    }

    /// `verify`, with the reason for tests.
    func check(_ token: String) async throws -> SessionKeyClaims {
        let time = now()
        if let claims = state.withLock({ $0.verified[token] }) {
            try format.check(claims, at: time)
            return claims
        }
        let parts = try CompactJWS(token, maximumBytes: SessionKeyFormat.maximumBytes)
        let key = try await key(format.kid(of: parts))
        guard key.isValid(parts.signature, of: parts.signedBytes) else { throw TokenError.badSignature }
        let claims = try format.claims(of: parts, at: time)
        state.withLock { $0.verified.remember(token, claims) }
        return claims
    }

    /// The public keys as a JSON Web Key Set (RFC 7517), which may be kept for five minutes.
    /// - Throws: `ValkeyError` when the first look at the store fails.
    func jwks() async throws -> String { try await current().publicSet }

    /// Keeps the keys fresh and makes the next one when it is due. Returns when its task is cancelled.
    func run() async throws {
        while !Task.isCancelled {
            var pause = Self.lookInterval
            do {
                try await turn()
            } catch  where !Task.isCancelled {
                logger.warning("session keys could not be refreshed", metadata: ["error": .string("\(error)")])
                pause = Self.retryInterval
            } catch {
                return
            }
            do { try await sleep(pause) } catch { return }
        }
    }

    // MARK: Keys

    private func key(_ kid: String) async throws -> P256PrivateKey {
        if let key = try await current().keys[kid] { return key }
        try await refresher.refresh(at: now(), interval: Self.unknownInterval) { try await turn() }
        guard let key = state.withLock({ $0.ring?.keys[kid] }) else { throw TokenError.unknownKey }
        return key
    }

    /// What is known; at the very first, what the store holds.
    private func current() async throws -> KeyRing {
        if let ring = state.withLock({ $0.ring }) { return ring }
        try await starter.refresh(at: now(), interval: .zero) { try await turn() }
        guard let ring = state.withLock({ $0.ring }) else { preconditionFailure("a turn leaves a ring") }
        return ring
    }

    /// Looks at the store and does what is due, until nothing is. Replicas may do so at the same moment: the store takes
    /// the change of one, and the others look again.
    func turn() async throws {
        for _ in 0..<10 {
            let ring = try await look()
            let time = WallTime(secondsSinceEpoch: now().secondsSinceEpoch)
            let change = ring.schedule.change(at: time)
            guard !change.isEmpty else { return }
            var records = ring.records.filter { !change.remove.contains($0.kid) }
            if let signsFrom = change.create { records.append(try await fresh(createdAt: time, signsFrom: signsFrom)) }
            guard try await store.replace(ring.text, by: KeyRecord.text(records)) else { continue }
            logger.info(
                "session keys changed",
                metadata: ["made": .stringConvertible(change.create == nil ? 0 : 1), "gone": "\(change.remove.count)"]
            )
        }
        throw RPCError(.unavailable, "the session keys are being changed by others")
    }

    private func look() async throws -> KeyRing {
        let secrets = try await secrets()
        let text = try await store.ring()
        let known = state.withLock { $0.ring }
        if let known, known.text == text { return known }
        var records: [KeyRecord] = []
        if let text {
            guard let found = KeyRecord.list(text) else {
                throw RPCError(.internalError, "the session keys in the store cannot be read")
            }
            records = found
        }
        let ring = KeyRing(text: text, records: records, secrets: secrets, timing: timing, known: known?.keys ?? [:])
        if ring.unopened > 0 {
            logger.warning(
                "session keys in the store were encrypted with another auth.keys.secret and are ignored",
                metadata: ["keys": .stringConvertible(ring.unopened)]
            )
        }
        state.withLock { state in
            state.ring = ring
            // What a key that is gone has signed must be looked at again.
            state.verified = VerifiedKeys()
        }
        return ring
    }

    private func secrets() async throws -> [SealingKey] {
        if let secrets = configured ?? state.withLock({ $0.secrets }) { return secrets }
        let secrets = [Self.sealingKey(try await store.localSecret())]
        logger.warning(
            "auth.keys.secret is not set: session keys are encrypted with a secret that lies beside them, for local work only"
        )
        state.withLock { $0.secrets = secrets }
        return secrets
    }

    private func fresh(createdAt: WallTime, signsFrom: WallTime) async throws -> KeyRecord {
        let key = try P256PrivateKey.generate()
        var record = KeyRecord(
            kid: Base64URL.encode([UInt8].random(16)),
            createdAt: createdAt,
            signsFrom: signsFrom,
            point: key.point,
            sealed: []
        )
        record.sealed = try await secrets()[0].seal(key.scalar(), context: record.context)
        return record
    }
}
