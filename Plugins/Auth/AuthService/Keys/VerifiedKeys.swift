import Observe

/// Session keys whose signature was checked a moment ago, so that a client that shows the same one again and again costs
/// no arithmetic on curves. Bounded: when it is full, it starts anew.
struct VerifiedKeys: Sendable {
    private static let most = 4096
    private var known: [String: SessionKeyClaims] = [:]

    init() {}

    /// What a token says; its expiry is the caller's to check.
    subscript(token: String) -> SessionKeyClaims? { known[token] }

    mutating func remember(_ token: String, _ claims: SessionKeyClaims) {
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[token] = claims
    }
}
