import Contracts
import Reactor

/// The sessions that auth has verified, as long as nothing changes, and up to where it is known what has. A value without a
/// clock and without I/O.
///
/// Whoever takes a session from here must learn first what has changed since `position`, by asking after the session was
/// shown: then what was answered before, be it a logout elsewhere, has its effect on the very next request.
struct SessionMemory {
    private struct Entry {
        let session: VerifiedSession
        let until: MonotonicTime
    }

    /// So many are kept; where there are more it begins anew.
    private let most: Int
    /// A session that was shown, and what was known then.
    struct Shown: Sendable {
        let session: VerifiedSession
        fileprivate let until: MonotonicTime
        fileprivate let losses: Int
    }

    private var entries: [String: Entry] = [:]
    /// How often something was thrown away.
    private var losses = 0
    private var tokens: [String: Set<String>] = [:]
    /// Up to where the list of changes is known; 0 where nothing is.
    private(set) var position: Int64 = 0

    init(most: Int = 20_000) {
        precondition(most > 0, "a memory has room for one session")
        self.most = most
    }

    /// How many it has.
    var count: Int { entries.count }

    /// The session of a token; nil for one that must be verified.
    func session(_ token: String, _ now: MonotonicTime) -> Shown? {
        guard let entry = entries[token], now < entry.until else { return nil }
        return Shown(session: entry.session, until: entry.until, losses: losses)
    }

    /// Whether a session that was shown is still what is known of its token.
    func knows(_ shown: Shown, _ now: MonotonicTime) -> Bool {
        if shown.losses == losses { return now < shown.until }
        return session(shown.session.token, now)?.session === shown.session
    }

    /// Auth has verified a token.
    /// - Parameters:
    ///   - position: where the list stood when auth read the session. What is known of later changes may be of this
    ///     session: then it is not kept.
    ///   - until: when it must be verified again.
    mutating func remember(_ token: String, _ session: VerifiedSession, from position: Int64, until: MonotonicTime) {
        guard position > 0, position >= self.position else { return }
        if entries.count >= most { forgetAll() }
        if entries.isEmpty { self.position = position }
        entries[token] = Entry(session: session, until: until)
        tokens[session.session.userID, default: []].insert(token)
    }

    /// Auth has said what changed.
    /// - Parameters:
    ///   - position: where the list stands; 0 where that cannot be told.
    ///   - users: whose sessions have changed since `since`.
    ///   - since: what was asked; nil for users who are not all of them.
    mutating func learn(_ position: Int64, changed users: [String], since: Int64?) {
        guard let since, since == self.position, position >= since else {
            forgetAll()
            self.position = max(0, position)
            return
        }
        self.position = position
        for user in users where tokens[user] != nil {
            losses += 1
            for token in tokens.removeValue(forKey: user) ?? [] { entries[token] = nil }
        }
    }

    private mutating func forgetAll() {
        losses += 1
        entries = [:]
        tokens = [:]
    }
}
