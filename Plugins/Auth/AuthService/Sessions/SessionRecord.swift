import Digest
import Observe

/// All that is kept of a session. A value: what happens to a session is a new record, which takes the old one's place
/// in the store only if the old one still stands there.
struct SessionRecord: Equatable, Sendable {
    var lastSeen: WallTime
    let created: WallTime
    /// When it ends, whatever happens.
    let expires: WallTime
    /// When the client last proved who it is.
    var authenticated: WallTime
    /// When it got its token.
    var rotated: WallTime
    /// The account's when the session was opened, or later.
    var epoch: Int64
    let isRemembered: Bool
    var isEmailVerified: Bool
    /// SHA-256 of the token's secret.
    var tokenHash: [UInt8]
    /// Of the token before; zeros if there is none.
    var previousHash: [UInt8]
    /// Until when that one is good.
    var previousUntil: WallTime
    /// 16 random bytes, which the client sends back with what changes something.
    let csrf: [UInt8]
    /// Where it was last seen.
    var address: String
    /// How the program names itself.
    var agent: String

    static let noHash = [UInt8](repeating: 0, count: 32)

    /// A session that begins.
    init(
        tokenHash: [UInt8],
        epoch: Int64,
        isRemembered: Bool,
        isEmailVerified: Bool,
        address: String,
        agent: String,
        policy: SessionPolicy,
        now: WallTime
    ) {
        // The store keeps milliseconds.
        let now = WallTime(milliseconds: now.milliseconds)
        lastSeen = now
        created = now
        expires = now.advanced(by: policy.span(remembered: isRemembered).absolute)
        authenticated = now
        rotated = now
        self.epoch = epoch
        self.isRemembered = isRemembered
        self.isEmailVerified = isEmailVerified
        self.tokenHash = tokenHash
        previousHash = Self.noHash
        previousUntil = WallTime(milliseconds: 0)
        csrf = .random(16)
        self.address = address
        self.agent = agent
    }

    /// When it ends if nothing more is heard of it.
    func end(_ policy: SessionPolicy) -> WallTime {
        min(expires, lastSeen.advanced(by: policy.span(remembered: isRemembered).idle))
    }

    /// What a token, by its hash, is worth now.
    func verdict(on hash: [UInt8], policy: SessionPolicy, now: WallTime) -> SessionVerdict {
        guard now < end(policy) else { return .refused }
        if hash.isSameSecret(as: tokenHash) {
            if rotated.duration(to: now) >= policy.rotation { return .live(.rotate) }
            return .live(isTouchDue(policy, now) ? .touch : .none)
        }
        guard now < previousUntil, hash.isSameSecret(as: previousHash) else { return .refused }
        return .live(.tellAgain)
    }

    /// How long its token is worth the same, with nothing to do, if the record stays as it is.
    func calm(_ policy: SessionPolicy, _ now: WallTime) -> Duration {
        let next = min(end(policy), lastSeen.advanced(by: policy.touch), rotated.advanced(by: policy.rotation))
        return max(.zero, now.duration(to: next))
    }

    /// Whether it is time to write that it was seen.
    func isTouchDue(_ policy: SessionPolicy, _ now: WallTime) -> Bool {
        lastSeen.duration(to: now) >= policy.touch
    }

    /// The record after a request.
    func seen(from address: String?, at now: WallTime) -> SessionRecord {
        var next = self
        next.lastSeen = max(lastSeen, WallTime(milliseconds: now.milliseconds))
        if let address { next.address = address }
        return next
    }

    /// The record once the session has another token.
    func rotated(to hash: [UInt8], policy: SessionPolicy, at now: WallTime) -> SessionRecord {
        var next = self
        next.previousHash = tokenHash
        next.previousUntil = now.advanced(by: policy.grace)
        next.tokenHash = hash
        next.rotated = WallTime(milliseconds: now.milliseconds)
        return next
    }

    /// The record of an account that is about to have another epoch. The session's next request brings it a new token.
    /// - Parameter proof: when the client has proved again who it is; nil if it has not.
    func renewed(epoch: Int64, proof: WallTime?) -> SessionRecord {
        var next = self
        next.epoch = max(self.epoch, epoch)
        if let proof { next.authenticated = WallTime(milliseconds: proof.milliseconds) }
        next.rotated = WallTime(milliseconds: 0)
        return next
    }
}

/// What a token is worth.
enum SessionVerdict: Equatable, Sendable {
    /// Nothing: the session is over, or it is another's token.
    case refused
    /// The session goes on, and this is to be done.
    case live(Upkeep)

    enum Upkeep: Equatable, Sendable {
        case none
        /// Write that it was seen.
        case touch
        /// Give it a new token.
        case rotate
        /// The token has been replaced a moment ago: say again by which.
        case tellAgain
    }
}
