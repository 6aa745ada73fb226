import Observe

/// When keys are made, sign and go. A value without clock or store: it is told the time and what there is, and says what
/// to do.
///
///     created ── lead (2 × set age) ──▶ signs ── until the next one signs ──▶ rests (life + 2 × set age + skew) ──▶ gone
///
/// The only key there is signs at once, and the newest never goes, however long nobody made another.
struct KeySchedule: Sendable {
    /// What must change in the store.
    struct Change: Sendable, Equatable {
        /// Make a key that signs from this moment on.
        var create: WallTime?
        /// Names of keys that go.
        var remove: Set<String> = []

        var isEmpty: Bool { create == nil && remove.isEmpty }
    }

    /// One key, as far as the schedule cares.
    struct Key: Sendable, Hashable {
        var kid: String
        var createdAt: WallTime
        var signsFrom: WallTime
        /// Whether this process has the secret that it was sealed with.
        var isOwn: Bool
    }

    private let timing: SessionKeyTiming
    /// By when they sign, the earliest first.
    private let own: [Key]
    private let foreign: [Key]

    init(_ keys: [Key], timing: SessionKeyTiming) {
        self.timing = timing
        own = keys.filter(\.isOwn).sorted { ($0.signsFrom, $0.kid) < ($1.signsFrom, $1.kid) }
        foreign = keys.filter { !$0.isOwn }
    }

    /// The key that signs: the newest whose time has come, else the first, which another replica made by a faster clock.
    func signer(at now: WallTime) -> String? { (own.last { $0.signsFrom <= now } ?? own.first)?.kid }

    /// What is to be done.
    func change(at now: WallTime) -> Change {
        var change = Change()
        if let newest = own.map(\.createdAt).max() {
            if newest.advanced(by: timing.rotation) <= now { change.create = now.advanced(by: timing.lead) }
        } else {
            change.create = now
        }
        for (key, next) in zip(own, own.dropFirst()) where next.signsFrom.advanced(by: timing.rest) <= now {
            change.remove.insert(key.kid)
        }
        for key in foreign where key.createdAt.advanced(by: timing.abandoned) <= now { change.remove.insert(key.kid) }
        return change
    }
}
